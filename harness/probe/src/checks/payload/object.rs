//! The text that languages give an object that is not serialized.

/// Whether it is the text of an object.
pub(super) fn is_text_of(text: &str) -> bool {
    has_address(text)
        || is_class_with_hash(text)
        || is_type_of_dotnet(text)
        || is_record(text)
        || is_struct(text)
        || is_of_code(text)
}

fn is_hexadecimal(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `<Item object at 0x7f12>`, `#<Item:0x7f12>`, and a pointer to the heap of Go.
fn has_address(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('<').or(text.strip_prefix("#<")).and_then(|t| t.strip_suffix('>'))
    {
        let address = inner.rsplit([' ', ':']).next().unwrap_or_default().strip_prefix("0x");
        return address.is_some_and(is_hexadecimal);
    }
    // A struct with a pointer in it.
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    is_pointer(text)
        || inner.is_some_and(|inner| inner.split(' ').any(|part| is_pointer(part) || part == "<nil>"))
}

/// The address of something on a heap: longer than a color or an error code, and shorter than a hash.
fn is_pointer(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| (9..=12).contains(&digits.len()) && is_hexadecimal(digits))
}

/// A row of a database in Python: `('item', 5, None, 1.5)`.
pub(super) fn is_python_tuple(text: &str) -> bool {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.is_some_and(|inner| {
        let has_word =
            [", None", ", True", ", False", "datetime.", "Decimal("].iter().any(|word| inner.contains(word));
        let is_value = |value: &str| {
            let value = value.trim();
            value.parse::<f64>().is_ok()
                || (value.len() > 1 && value.starts_with('\'') && value.ends_with('\''))
        };
        inner.contains(',') && inner.contains('\'') && (has_word || inner.split(", ").all(is_value))
    })
}

/// `com.example.Item@1b6d3586`, and an array of Java: `[B@1b6d3586`, `[Lcom.example.Item;@1b6d3586`.
fn is_class_with_hash(text: &str) -> bool {
    let is_name = |text: &str| {
        text.contains('.') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._$".contains(&byte))
    };
    text.rsplit_once('@').is_some_and(|(class, hash)| {
        let last = class.rsplit('.').next().unwrap_or_default();
        let is_class = is_name(class) && last.starts_with(|c: char| c.is_ascii_uppercase());
        let is_array = class.strip_prefix('[').is_some_and(|kind| kind.len() == 1 || kind.ends_with(';'));
        (is_class || is_array) && is_hexadecimal(hash)
    })
}

/// ``System.Collections.Generic.List`1[System.String]``, `System.Byte[]`. A name with dots alone may be meant.
fn is_type_of_dotnet(text: &str) -> bool {
    let is_type = |c: char| c.is_ascii_alphanumeric() || ".`[],+_".contains(c);
    text.starts_with("System.") && text.contains(['`', '[']) && text.chars().all(is_type)
}

/// A record or data class: `Price(seq=1, symbol=ABC)`.
fn is_record(text: &str) -> bool {
    let Some((name, fields)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return false;
    };
    let is_identifier = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let has_name = fields.split_once('=').is_some_and(|(first, _)| is_identifier(first));
    is_identifier(name) && name.starts_with(|c: char| c.is_ascii_uppercase()) && has_name
}

/// A struct of Rust or Go with the names of its fields: `Price { seq: 1 }`, `main.Price{Seq:1}`.
fn is_struct(text: &str) -> bool {
    let Some((name, fields)) = text.strip_suffix('}').and_then(|text| text.split_once('{')) else {
        return false;
    };
    let is_identifier =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let is_go =
        name.split_once('.').is_some_and(|(package, name)| is_identifier(package) && is_identifier(name));
    let rust = name.strip_suffix(' ').unwrap_or_default();
    let is_rust = is_identifier(rust) && rust.starts_with(|c: char| c.is_ascii_uppercase());
    let first = fields.trim_start().split_once(':').map(|(first, _)| first);
    (is_go || is_rust) && first.is_some_and(is_identifier)
}

/// A function or a buffer of JavaScript.
fn is_of_code(text: &str) -> bool {
    let is_function = ["function (", "function(", "async function", "() =>", "async () =>"];
    is_function.iter().any(|start| text.starts_with(start))
        || text.starts_with("{\"type\":\"Buffer\",\"data\":[")
}

/// A value of Python whose text is a call: `Decimal('1.20')`.
pub(super) fn is_python_call(text: &str) -> bool {
    const CALLS: [&str; 6] = [
        "Decimal('",
        "datetime.datetime(",
        "datetime.date(",
        "OrderedDict([(",
        "defaultdict(<class ",
        "UUID('",
    ];
    text.ends_with(')') && CALLS.iter().any(|call| text.starts_with(call))
}
