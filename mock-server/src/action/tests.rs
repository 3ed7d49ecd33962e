use super::*;

#[track_caller]
fn equal(pattern: &str, times: u64, bytes: &str, expected: bool) {
    let repeat = Repeat { pattern: pattern.into(), times, write: None };
    assert_eq!(repeat.equals(bytes.as_bytes()), expected, "{times} times {pattern:?}: {bytes:?}");
}

#[test]
fn a_pattern_that_is_repeated_equals_itself() {
    equal("x", 5, "xxxxx", true);
    equal("abc", 1, "abc", true);
    equal("abc", 3, "abcabcabc", true);
    equal("abc", 0, "", true);
}

#[test]
fn a_pattern_that_is_repeated_equals_nothing_else() {
    equal("x", 5, "xxxx", false);
    equal("x", 5, "xxxxxx", false);
    equal("x", 5, "xxxxy", false);
    equal("x", 5, "yxxxx", false);
    equal("abc", 3, "abcabcabd", false);
    equal("abc", 3, "abdabdabd", false);
    equal("abc", 3, "abcabdabc", false);
    equal("abc", 1, "", false);
}
