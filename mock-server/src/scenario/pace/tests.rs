use super::*;

#[test]
fn a_seed_determines_the_delays() {
    let delays = |seed| {
        let mut jitter = Jitter::new(seed);
        assert_eq!(jitter.next(), Duration::ZERO);
        jitter.limit(Duration::from_millis(5));
        (0..100).map(|_| jitter.next()).collect::<Vec<_>>()
    };
    assert_eq!(delays(7), delays(7));
    assert_ne!(delays(7), delays(8));
    assert!(delays(7).iter().all(|delay| *delay <= Duration::from_millis(5)));
    assert!(delays(7).iter().any(|delay| *delay > Duration::from_millis(4)));
}

#[test]
fn events_are_written_one_by_one() {
    let text = b"\n: a\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n\nda";
    let found: Vec<&[u8]> = pieces(text, Pace::Events(4)).map(|piece| piece.bytes).collect();
    let expected: [&[u8]; 4] = [b"\n: a\ndata: b\r\n\r\n", b"data: c\r\r", b"data: d\n\n", b"\nda"];
    assert_eq!(found, expected);
    assert!(pieces(text, Pace::Events(4)).all(|piece| piece.time == Duration::from_millis(250)));
}

#[test]
fn bytes_are_spread_over_time() {
    let text = [b'a'; 1000];
    let total = |rate| pieces(&text, Pace::Bytes(rate)).map(|piece| piece.time).sum::<Duration>();
    assert_eq!(total(1000), Duration::from_secs(1));
    assert_eq!(total(4000), Duration::from_millis(250));
    assert_eq!(total(2), Duration::from_secs(500));
    assert_eq!(pieces(&text, Pace::Bytes(1000)).next().map(|piece| piece.bytes.len()), Some(20));
    assert_eq!(pieces(&text, Pace::Bytes(1)).count(), 1000);
    assert_eq!(pieces(&text, Pace::Bytes(u64::MAX)).count(), 1);
}
