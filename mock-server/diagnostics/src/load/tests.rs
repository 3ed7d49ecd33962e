use super::*;

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.toml");
    let error = Source::read(&path).expect_err("there is none");
    assert!(
        matches!(&error, SourceError::Unreadable { error, .. } if error.kind() == io::ErrorKind::NotFound)
    );
    assert!(error.to_string().starts_with(&format!("{}: ", path.display())), "{error}");
}

#[test]
fn a_file_that_is_no_text_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("latin-1.toml");
    std::fs::write(&path, b"a = 1\nb = \"caf\xe9\"\n").expect("a file");
    let Err(SourceError::NotText(reported)) = Source::read(&path) else { panic!("it was read") };
    let text = reported.to_string();
    assert!(text.contains("latin-1.toml:2:9"), "{text}");
    assert!(text.contains("the byte E9"), "{text}");
    assert!(text.contains("2 | b = \"caf\u{fffd}\""), "{text}");
}

#[test]
fn bytes_that_are_text_stay_as_they_are() {
    let source = Source::from_bytes("test", "\u{feff}é\r\n".into()).expect("text");
    assert_eq!((source.name(), source.text()), ("test", "\u{feff}é\r\n"));
}

#[test]
fn a_cut_off_character_at_the_end_is_found() {
    let reported = Source::from_bytes("test", b"a\xc3".to_vec()).expect_err("it is not text");
    assert!(reported.to_string().contains("test:1:2"), "{reported}");
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_an_error() {
    let error = Source::read(Path::new("/dev/zero")).expect_err("no text");
    assert_eq!(error.to_string(), "/dev/zero: it has more than 67108864 bytes");
}
