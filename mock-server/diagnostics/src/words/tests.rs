use super::Words;
use crate::value;
use toml::de::DeTable;

crate::words! {
    /// A direction.
    enum Direction {
        /// Upwards.
        Up = "up",
        /// Downwards.
        Down = "down",
    }
}

#[test]
fn reading_and_writing_use_the_same_table() {
    assert_eq!(Direction::ALL.len(), Direction::WORDS.len());
    for (direction, word) in Direction::ALL.iter().zip(Direction::WORDS) {
        assert_eq!(direction.word(), *word);
        assert_eq!(direction.to_string(), *word);
        assert_eq!(Direction::from_word(word), Some(*direction));
        assert_eq!(<Direction as Words>::from_word(word), Some(*direction));
    }
}

#[test]
fn an_unknown_word_names_nothing() {
    for word in ["", "Up", "upwards", "left", " up"] {
        assert_eq!(Direction::from_word(word), None, "{word:?}");
    }
    let document =
        DeTable::parse("a = \"up\"\nb = \"left\"\nc = 1\nd = [\"down\", \"left\"]\n").expect("TOML");
    let table = document.get_ref();
    let read = |key| value::word_of::<Direction>(table, key);
    assert_eq!((read("a"), read("b"), read("c"), read("e")), (Some(Direction::Up), None, None, None));
    assert_eq!(value::words_of::<Direction>(table, "d"), [Direction::Down]);
}
