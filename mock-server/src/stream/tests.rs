use proptest::prelude::*;

use super::*;
use crate::action::Repeat;

/// Bytes in which everything that matters is frequent.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"\n".to_vec()),
        4 => Just(b"\r".to_vec()),
        4 => Just(b"\r\n".to_vec()),
        2 => Just(b"a".to_vec()),
        1 => Just(b"data: b".to_vec()),
        1 => Just(BOM.to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..3),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The lines as the standard's grammar has them: CRLF, CR and LF are turned into one terminator, which splits.
fn naive_lines(bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut lines = vec![Vec::new()];
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if at > 0 && bytes[at - 1] == b'\r' => {}
            b'\r' | b'\n' => lines.push(Vec::new()),
            byte => lines.last_mut().expect("a line").push(*byte),
        }
    }
    let rest = lines.pop().expect("a line");
    (lines, rest)
}

/// Whether whatever follows begins a block, by interpreting the whole stream.
fn naive_boundary(bytes: &[u8]) -> bool {
    let (lines, rest) = naive_lines(bytes.strip_prefix(BOM).unwrap_or(bytes));
    rest.is_empty() && lines.last().is_none_or(Vec::is_empty)
}

fn tail(actions: &[Action]) -> Tail {
    let mut tail = Tail::default();
    actions.iter().for_each(|action| tail.push(action));
    tail
}

#[test]
fn lines_end_with_crlf_lf_and_cr() {
    let found = lines(b"a\nb\rc\r\n\r\n\n\rd");
    let texts: Vec<&[u8]> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(texts, [&b"a"[..], b"b", b"c", b"", b"", b"", b"d"]);
    let ended: Vec<bool> = found.iter().map(|(_, ended)| *ended == Ended::Yes).collect();
    assert_eq!(ended, [true, true, true, true, true, true, false]);
    assert_eq!(lines(b""), []);
    assert_eq!(lines(b"\n"), [(&b""[..], Ended::Yes)]);
}

#[test]
fn a_blank_line_is_a_boundary() {
    for bytes in [
        "",
        "\n",
        "\r\n",
        "a\n\n",
        "a\r\r",
        "a\r\n\r\n",
        "a\n\r",
        "a\r\r\n",
        "a\n\r\n",
        "a\r\n\n",
        "\u{feff}",
        "\u{feff}\r\n",
    ] {
        assert!(tail(&[Action::Send(bytes.into())]).at_block_boundary(), "{bytes:?}");
    }
    for bytes in [
        "a",
        "a\n",
        "a\r",
        "a\r\n",
        "\n\na",
        ":\n",
        "a\u{feff}",
        "a\u{feff}\n",
        "\n\u{feff}\n",
        "\u{feff}a\r\n",
    ] {
        assert!(!tail(&[Action::Send(bytes.into())]).at_block_boundary(), "{bytes:?}");
    }
    for part in [&BOM[..1], &BOM[..2]] {
        assert!(!tail(&[Action::Send(part.into())]).at_block_boundary(), "{part:?}");
    }
}

#[test]
fn a_long_pattern_counts_to_its_end() {
    let mut pattern = vec![b'x'; 100_000];
    pattern.extend(b"\n\n");
    let repeat =
        |pattern: &[u8], times| Action::SendRepeat(Repeat { pattern: pattern.into(), times, write: Some(1) });
    assert!(tail(&[repeat(&pattern, 3)]).at_block_boundary());
    assert!(!tail(&[repeat(&pattern[..100_001], 3)]).at_block_boundary());
    assert!(tail(&[repeat(b"\n", u64::MAX)]).at_block_boundary());
}

#[test]
fn other_actions_add_nothing() {
    let tail = tail(&[Action::Send(b"a\n\n".into()), Action::Raw(b"a".into()), Action::End]);
    assert!(tail.at_block_boundary());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn lines_are_those_of_a_naive_split(bytes in stream()) {
        let found = lines(&bytes);
        let (ended, rest) = naive_lines(&bytes);
        let complete: Vec<&[u8]> =
            found.iter().filter(|(_, ended)| *ended == Ended::Yes).map(|(line, _)| *line).collect();
        prop_assert_eq!(complete, ended);
        let last = found.last().filter(|(_, ended)| *ended == Ended::No).map_or(&b""[..], |(line, _)| *line);
        prop_assert_eq!(last, rest);
        prop_assert!(found.iter().rev().skip(1).all(|(_, ended)| *ended == Ended::Yes));
    }

    #[test]
    fn a_boundary_is_that_of_the_whole_stream_however_it_is_cut(
        bytes in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        let actions: Vec<Action> =
            places.windows(2).map(|pair| Action::Send(bytes[pair[0]..pair[1]].to_vec())).collect();
        prop_assert_eq!(tail(&actions).at_block_boundary(), naive_boundary(&bytes));
    }

    #[test]
    fn a_repeated_pattern_is_as_if_it_were_written_out(
        before in stream(),
        pattern in stream().prop_filter("a pattern is not empty", |pattern| !pattern.is_empty()),
        times in 1..30_u64,
        after in stream(),
    ) {
        let repeat = Action::SendRepeat(Repeat { pattern: pattern.clone(), times, write: Some(7) });
        let actions = [Action::Send(before.clone()), repeat, Action::Send(after.clone())];
        let written = [before, pattern.repeat(times as usize), after].concat();
        prop_assert_eq!(tail(&actions).at_block_boundary(), naive_boundary(&written));
    }
}
