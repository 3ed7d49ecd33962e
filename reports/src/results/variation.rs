//! What a run varies of the standard suite.

use serde::{Deserialize, Serialize};

use super::{Framing, Loss};

/// What a run varies of the standard suite, so that a client with one fundamental mistake can be judged on the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Variation {
    /// How event streams are framed where the case leaves it open.
    #[serde(default, skip_serializing_if = "is_standard_framing")]
    pub framing: Framing,
    /// How `drop` loses the connection of such a stream; absent if as the case says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
}

fn is_standard_framing(framing: &Framing) -> bool {
    *framing == Framing::default()
}

impl Variation {
    /// Whether it varies nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The options that ask for it: `--framing close --loss end`; none if it varies nothing.
    pub fn options(&self) -> Option<String> {
        let framing = (!is_standard_framing(&self.framing)).then(|| format!("--framing {}", self.framing));
        let loss = self.loss.map(|loss| format!("--loss {loss}"));
        let options: Vec<String> = framing.into_iter().chain(loss).collect();
        (!options.is_empty()).then(|| options.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_varies_is_recorded_and_named() {
        let standard = Variation::default();
        assert_eq!(serde_json::to_string(&standard).unwrap(), "{}");
        assert_eq!(standard.options(), None);
        let varied = Variation { framing: Framing::Close, loss: Some(Loss::End) };
        let json = serde_json::to_string(&varied).unwrap();
        assert_eq!(json, r#"{"framing":"close","loss":"end"}"#);
        assert_eq!(serde_json::from_str::<Variation>(&json).unwrap(), varied);
        assert_eq!(varied.options().as_deref(), Some("--framing close --loss end"));
    }
}
