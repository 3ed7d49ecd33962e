//! The `retry` field.

use super::*;

#[test]
fn sets_reconnection_time() {
    assert_eq!(retry("retry: 3000\n\n"), Some(3000));
    assert_eq!(retry("retry:3000\n"), Some(3000));
}

#[test]
fn ascii_digits_only() {
    let bogus =
        ["1000x", "-5", "+5", "  5", "5 ", "1.5", "1e3", "0x10", "\u{661}\u{660}", "1\x002", "1,000", "\t5"];
    for value in bogus {
        assert_eq!(retry(&format!("retry: {value}\n\n")), None, "{value}");
        assert_eq!(retry(&format!("retry: 20\nretry: {value}\n\n")), Some(20), "{value}");
    }
}

#[test]
fn base_ten() {
    assert_eq!(retry("retry: 03000\n\n"), Some(3000));
    assert_eq!(retry(&format!("retry: {}20\n\n", "0".repeat(100))), Some(20));
}

#[test]
fn empty_value_is_ignored() {
    for line in ["retry", "retry:", "retry: "] {
        let stream = format!("retry: 20\n{line}\ndata: a\n\n");
        assert_eq!(retry(&stream), Some(20));
        assert_eq!(data(&stream), ["a"]);
    }
}

#[test]
fn zero() {
    assert_eq!(retry("retry: 0\n\n"), Some(0));
}

#[test]
fn huge_value() {
    let greatest = Some(u128::from(u64::MAX));
    assert_eq!(retry("retry: 18446744073709551615\n\n"), greatest);
    assert_eq!(retry("retry: 18446744073709551616\n\n"), greatest);
    assert_eq!(retry("retry: 99999999999999999999\n\n"), greatest);
    assert_eq!(retry(&format!("retry: 1{}\n\n", "0".repeat(1000))), greatest);
    assert_eq!(retry("retry: 2147483648\n\n"), Some(2_147_483_648));
}

#[test]
fn immediate_effect_and_last_wins() {
    assert_eq!(retry("retry: 200\n"), Some(200));
    assert_eq!(retry("retry: 1\nretry: 2\n"), Some(2));
    assert_eq!(retry("retry: 1"), None);
    assert_eq!(retry("retry: 1\r"), Some(1));
}

#[test]
fn alone_dispatches_nothing() {
    assert_eq!(data("retry: 20\n\n"), NONE);
}
