//! The list of defects, made of the entries of `stream` and `connection`.

use super::Entry;

macro_rules! defects {
    ($(#[doc = $description:literal] $variant:ident: $origin:literal,)*) => {
        /// One way for a server to be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ServerDefect {
            $(#[doc = $description] $variant,)*
        }

        impl ServerDefect {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub(super) fn entry(self) -> Entry {
                match self {
                    $(Self::$variant => Entry {
                        variant: stringify!($variant),
                        description: $description,
                        origin: $origin,
                    },)*
                }
            }
        }
    };
}

super::connection::connection!(defects);
