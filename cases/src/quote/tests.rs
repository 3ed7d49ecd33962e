use super::*;

#[test]
fn long_texts_are_cut_between_characters() {
    let short = "é".repeat(LONGEST);
    assert_eq!(quote(&short), format!("\"{short}\""));
    assert_eq!(quote(&format!("{short}é")), format!("\"{short}\"… ({} bytes)", 2 * LONGEST + 2));
    let bytes = vec![0xff; LONGEST + 1];
    assert!(quote_bytes(&bytes).ends_with(&format!("ff… ({} bytes)", LONGEST + 1)));
    assert_eq!(quote_bytes(&bytes[..2]), "the bytes ff ff");
}
