//! However bytes are split across reads, the result is the same.

use proptest::prelude::*;

use super::tests::read;
use super::{Asked, Piece};
use crate::FindingKind;

fn part() -> impl Strategy<Value = Vec<u8>> {
    let text = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.0 200 \n",
        "HTTP/1.1 100 C\r\n\r\n",
        "HTTP/1.1 204 N\r\n",
        "transfer-encoding: chunked\r\n",
        "content-length: 3\r\n",
        "a : b\n",
        " folded\r\n",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "1\r\n",
        "0\r\n\r\n",
        "3;x\r\nabc\r\n",
        "abc",
        "\r",
    ]);
    prop_oneof![
        8 => text.prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

fn connection() -> impl Strategy<Value = Vec<u8>> {
    let likely = prop::collection::vec(part(), 0..14).prop_map(|parts| {
        [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n".to_vec(), parts.concat()].concat()
    });
    prop_oneof![likely, prop::collection::vec(part(), 0..20).prop_map(|parts| parts.concat())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_change_nothing(bytes in connection(), at in any::<prop::sample::Index>(), is_head: bool) {
        let asked = if is_head { Asked::Head } else { Asked::Other };
        // What comes after the end is shown as far as it came with the end.
        let seen = |pieces: &[&[u8]]| -> Vec<Piece> {
            let mut seen = read(pieces, asked);
            for piece in &mut seen {
                if let Piece::Finding(finding) = piece
                    && finding.kind == FindingKind::AfterEnd
                {
                    finding.excerpt.clear();
                }
            }
            seen
        };
        let at = at.index(bytes.len() + 1);
        let whole = seen(&[&bytes]);
        prop_assert_eq!(&seen(&[&bytes[..at], &bytes[at..]]), &whole);
        prop_assert_eq!(&seen(&bytes.chunks(1).collect::<Vec<_>>()), &whole);
    }
}
