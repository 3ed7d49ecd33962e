use super::*;

#[test]
fn positions_count_lines_and_characters() {
    let source = Source::new("test", "a\né\u{1f980}b\r\n");
    for (offset, position) in [(0, (1, 1)), (1, (1, 2)), (2, (2, 1)), (4, (2, 2)), (8, (2, 3)), (11, (3, 1))]
    {
        assert_eq!(source.position(offset), position, "at {offset}");
    }
}

#[test]
fn a_position_outside_the_text_is_its_end() {
    let source = Source::new("test", "a\né");
    assert_eq!(source.position(99), (2, 2));
    // Inside of a character.
    assert_eq!(source.position(3), (2, 2));
    assert_eq!(Source::new("empty", "").position(0), (1, 1));
}

#[test]
fn slices_come_without_the_space_around() {
    let source = Source::new("test", " { a } é");
    assert_eq!(source.slice(0..7), "{ a }");
    assert_eq!(source.slice(5..99), "");
    assert_eq!(source.slice(8..9), "");
}
