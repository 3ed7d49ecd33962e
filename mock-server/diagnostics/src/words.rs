//! Enums that files and messages name by words: one table of words per enum, for reading, writing, schemas and hints.

#[cfg(test)]
mod tests;

/// An enum whose values are named by words. Declare one with [`words!`](macro@crate::words).
pub trait Words: Copy + Eq + 'static {
    /// Every value.
    const ALL: &'static [Self];
    /// The words of [`Words::ALL`], in the same order.
    const WORDS: &'static [&'static str];

    /// The word for this value.
    fn word(self) -> &'static str;

    /// The value that this word names; `None` if the word is not in the table.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// Declares an enum together with its table of words.
///
/// The enum implements [`Words`] and `Display`, and has the items of `Words` as its own, so that users need not import
/// the trait.
///
/// ```
/// ssespec_diagnostics::words! {
///     /// The size of a cup.
///     pub enum Size {
///         /// 0.2 l
///         Small = "small",
///         /// 0.4 l
///         Large = "large",
///     }
/// }
/// assert_eq!(Size::from_word("large"), Some(Size::Large));
/// assert_eq!(Size::from_word("huge"), None);
/// assert_eq!(Size::Small.to_string(), "small");
/// assert_eq!(Size::WORDS, ["small", "large"]);
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$of_variant:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$of_variant])* $variant,)+
        }

        impl $name {
            /// Every value.
            $vis const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The words of all values, in the same order.
            $vis const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word for this value.
            $vis const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The value that this word names; `None` if there is no such word.
            $vis fn from_word(word: &str) -> ::core::option::Option<Self> {
                <Self as $crate::Words>::from_word(word)
            }
        }

        impl $crate::Words for $name {
            const ALL: &'static [Self] = Self::ALL;
            const WORDS: &'static [&'static str] = Self::WORDS;

            fn word(self) -> &'static str {
                Self::word(self)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}
