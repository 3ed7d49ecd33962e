//! What is read from the folder of an intermediary, and what is refused.

use crate::implementation::{FILE, Folder, FolderError, Program, Start};

const SOUND: &str = r#"
name = "nginx"
role = "intermediary"
version = "1.22.1"
version-command = ["nginx", "-v"]
command = ["nginx", "-c", "{dir}/nginx.conf"]

[variants.default]
templates = "default"

[variants.unbuffered]
templates = "unbuffered"
command = ["nginx", "-p", "{dir}"]

[[known-failure]]
case = "a"
reason = "in both"

[[known-failure]]
case = "b"
reason = "in one"
variants = ["default"]
"#;

/// Reads a folder with this `ssespec.toml` and two folders of templates.
fn read(text: &str) -> Result<Vec<Folder>, FolderError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), text).unwrap();
    for name in ["default", "unbuffered"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let text = "events {} listen {listen}; proxy_pass http://{upstream};";
        std::fs::write(folder.path().join(name).join("nginx.conf"), text).unwrap();
    }
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    Folder::read(folder.path())
}

fn program(folder: &Folder) -> &Program {
    match &folder.start {
        Start::Program(program) => program,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_variant_is_an_implementation() {
    let folders = read(SOUND).unwrap();
    let titles: Vec<String> = folders.iter().map(Folder::title).collect();
    assert_eq!(titles, ["nginx (default)", "nginx (unbuffered)"]);
    assert_eq!(folders[1].stem(), "nginx-unbuffered");
    let known =
        |folder: &Folder| folder.baseline.entries().map(|known| known.case.clone()).collect::<Vec<_>>();
    assert_eq!((known(&folders[0]), known(&folders[1])), (vec!["a".into(), "b".into()], vec!["a".into()]));
    assert_eq!(program(&folders[0]).command, ["nginx", "-c", "{dir}/nginx.conf"]);
    let expected = Program {
        command: ["nginx", "-p", "{dir}"].map(str::to_owned).into(),
        templates: Some("unbuffered".into()),
        reload: None,
        version: Some("1.22.1".into()),
        version_command: vec!["nginx".into(), "-v".into()],
    };
    assert_eq!(program(&folders[1]), &expected);
}

#[test]
fn there_need_be_neither_variants_nor_templates() {
    let text = "name = \"a\"\nrole = \"intermediary\"\ncommand = [\"a\", \"{port}\", \"{upstream}\"]\n";
    let folders = read(text).unwrap();
    assert_eq!((folders.len(), folders[0].title(), folders[0].stem()), (1, "a".into(), "a".into()));
    assert_eq!(program(&folders[0]).templates, None);
}

#[test]
fn mistakes_are_shown_with_their_places() {
    for (right, wrong, place, said) in [
        ("{dir}/nginx.conf\"]", "{dri}/nginx.conf\"]", "6:27", "unknown placeholder `{dri}`"),
        ("\"default\"\n\n[var", "\"defaults\"\n\n[var", "9:13", "there is no such folder"),
        ("\"default\"\n\n[var", "\"empty\"\n\n[var", "9:13", "nothing tells the proxy where to forward to"),
        ("\"default\"\n\n[var", "\"empty\"\n\n[var", "9:13", "nothing tells the proxy where to listen"),
        (
            "command = [\"nginx\", \"-c\", \"{dir}/nginx.conf\"]",
            "",
            "8:11",
            "nothing says how to start the proxy",
        ),
        ("command = [\"nginx\", \"-p\", \"{dir}\"]", "command = []", "13:11", "the command is empty"),
        (
            "command = [\"nginx\", \"-c",
            "browser = \"chromium\"\ncommand = [\"nginx\", \"-c",
            "6:11",
            "started with a command",
        ),
        ("version = \"1.22.1\"", "", "5:19", "this key needs a version"),
        ("[variants.unbuffered]", "[variants.Un_buffered]", "11:11", "not the name of a variant"),
        ("[\"default\"]", "[\"defaults\"]", "22:13", "there is no such variant"),
        ("templates = \"unbuffered\"", "template = \"unbuffered\"", "12:1", "unknown key `template`"),
    ] {
        let text = SOUND.replacen(right, wrong, 1);
        assert_ne!(text, SOUND, "{right}");
        let error = read(&text).unwrap_err();
        assert!(matches!(error, FolderError::Mistakes(_)), "{error}");
        let shown = error.to_string();
        assert!(
            shown.contains(said) && shown.contains(&format!("ssespec.toml:{place}\n")),
            "{wrong}: {shown}"
        );
    }
    let none = "name = \"a\"\nrole = \"intermediary\"\ncommand = [\"a\"]\nvariants = {}\n";
    assert!(read(none).unwrap_err().to_string().contains("there is no variant"));
}
