//! Options that vary the cases for clients.

use clap::{Args, ValueEnum};
use ssespec_reports::results::{Framing, Loss, Variation};

use crate::options::headings::EXECUTION;

/// What to vary of the cases for clients.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct VariationOptions {
    /// How to frame event streams, for a client that cannot read chunks. Cases about the framing keep theirs; the report says
    /// that it is not one of the standard suite
    #[arg(long, help_heading = EXECUTION, value_name = "FRAMING", default_value = "chunked", hide_short_help = true)]
    framing: FramingWord,
    /// How every stream is lost that a case drops, for a client that does not notice some losses [default: as the case says].
    /// Cases about the kind of loss keep theirs
    #[arg(long, help_heading = EXECUTION, value_name = "LOSS", hide_short_help = true)]
    loss: Option<LossWord>,
}

/// A framing on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FramingWord {
    /// Chunked transfer coding
    Chunked,
    /// The end of the connection ends the body
    Close,
}

/// A kind of loss on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LossWord {
    /// FIN before the end of the body
    Fin,
    /// RST
    Reset,
    /// The clean end of the body
    End,
}

impl VariationOptions {
    pub(crate) fn variation(self) -> Variation {
        Variation {
            framing: match self.framing {
                FramingWord::Chunked => Framing::Chunked,
                FramingWord::Close => Framing::Close,
            },
            loss: self.loss.map(|word| match word {
                LossWord::Fin => Loss::Fin,
                LossWord::Reset => Loss::Reset,
                LossWord::End => Loss::End,
            }),
        }
    }

    /// The options as words for a command that plays a case again.
    pub(crate) fn words(self) -> Vec<String> {
        let options = self.variation().options().unwrap_or_default();
        options.split_whitespace().map(str::to_owned).collect()
    }
}
