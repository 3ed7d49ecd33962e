//! The answers of a server's adapter, as fields of a line.

use serde::Deserialize;

use super::empty::Empty;
use super::server::ServerObservation;

/// The messages of a server's adapter, as fields of a line.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) serving: Option<Serving>,
    pub(super) connected: Option<Connected>,
    pub(super) disconnected: Option<Empty>,
    pub(super) emitted: Option<Empty>,
    pub(super) refused: Option<Refused>,
    pub(super) stopped: Option<Empty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serving {
    url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Connected {
    last_event_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refused {
    #[serde(default)]
    message: String,
}

impl Fields {
    /// The messages that are present.
    pub(super) fn shown(self) -> impl Iterator<Item = ServerObservation> {
        let list = [
            self.serving.map(|serving| ServerObservation::Serving { url: serving.url }),
            self.connected
                .map(|connected| ServerObservation::Connected { last_event_id: connected.last_event_id }),
            self.disconnected.map(|_| ServerObservation::Disconnected),
            self.emitted.map(|_| ServerObservation::Emitted),
            self.refused.map(|refused| ServerObservation::Refused { message: refused.message }),
            self.stopped.map(|_| ServerObservation::Stopped),
        ];
        list.into_iter().flatten()
    }
}
