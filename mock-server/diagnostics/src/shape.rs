//! What a document may contain, described as data.

/// What one value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any string.
    Text,
    /// A string of hexadecimal digits in pairs, with optional white space between them.
    Hex,
    /// A duration such as `"300ms"`, at most an hour.
    Duration,
    /// `true` or `false`.
    Flag,
    /// A whole number in this range, inclusive.
    Count(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list, each entry of this shape.
    List(&'static Shape),
    /// A table with these keys and no others.
    Table(&'static Table),
    /// A table with arbitrary keys.
    Map(&'static Shape),
    /// One of these shapes, which differ in their TOML type.
    Either(&'static [Shape]),
    /// A step: a verb as a word, or a table with the verb as its only key.
    Step(&'static [&'static [Verb]]),
    /// Nothing: the key has been renamed to this one.
    Renamed(&'static str),
}

/// A table with known keys.
#[derive(Debug)]
pub struct Table {
    /// What it describes, as used in messages: `a case`.
    pub what: &'static str,
    /// The keys.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// Whether it must be present.
    pub required: bool,
    /// What it means, for the schema and for messages.
    pub doc: &'static str,
}

impl Key {
    /// A key that must be present.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, required: true, doc }
    }

    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, required: false, doc }
    }

    /// A key that existed earlier and is now called `to`: using it is an error that names the new key.
    pub const fn renamed(name: &'static str, to: &'static str) -> Self {
        Self { name, shape: Shape::Renamed(to), required: false, doc: "" }
    }

    /// Whether the key has been renamed, so that it may no longer be written.
    pub const fn is_renamed(&self) -> bool {
        matches!(self.shape, Shape::Renamed(_))
    }
}

/// What a step can do or expect.
#[derive(Debug)]
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// Whether it needs its argument.
    pub argument: Argument,
    /// What it does, for the schema and for messages.
    pub doc: &'static str,
}

/// Whether a verb takes an argument.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// It takes none: the step is a plain word.
    None,
    /// It may have one.
    Optional(Shape),
    /// It must have one.
    Required(Shape),
}

impl Verb {
    /// A verb without an argument.
    pub const fn word(name: &'static str, doc: &'static str) -> Self {
        Self { name, argument: Argument::None, doc }
    }

    /// A verb whose argument may be left out.
    pub const fn open(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, argument: Argument::Optional(shape), doc }
    }

    /// A verb that requires its argument.
    pub const fn with(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, argument: Argument::Required(shape), doc }
    }
}

impl Shape {
    /// A description for messages: `a string`.
    pub fn describe(&self) -> String {
        match self {
            Self::Text => "a string".into(),
            Self::Hex => "a string of hexadecimal digits such as \"ef bb bf\"".into(),
            Self::Duration => "a duration such as \"300ms\", \"2s\" or \"1min\"".into(),
            Self::Flag => "true or false".into(),
            Self::Count(0, u64::MAX) => "a whole number".into(),
            Self::Count(low, u64::MAX) => format!("a whole number of at least {low}"),
            Self::Count(low, high) => format!("a whole number from {low} to {high}"),
            Self::Word(words) => one_of(words),
            Self::List(_) => "an array".into(),
            Self::Table(table) => format!("a table ({})", table.what),
            Self::Map(_) => "a table".into(),
            Self::Either(shapes) => {
                let list: Vec<String> = shapes.iter().map(Self::describe).collect();
                list.join(" or ")
            }
            Self::Renamed(to) => format!("the key `{to}`"),
            Self::Step(_) => "a step: a word such as \"end\", or a table such as { send = \"..\" }".into(),
        }
    }
}

/// `"a", "b" or "c"`, for messages.
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
    listed(&quoted, "or")
}

/// `a, b and c`, for messages.
pub(crate) fn listed(words: &[String], conjunction: &str) -> String {
    match words {
        [one] => one.clone(),
        [start @ .., last] => format!("{} {conjunction} {last}", start.join(", ")),
        [] => "nothing".into(),
    }
}
