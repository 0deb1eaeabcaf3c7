//! The `tracing` subscriber: hands each event over and keeps nothing. No spans, no filter to configure.

use std::sync::Arc;

use symbolon::endpoints::audit::AUDIT;
use tracing::{Event, Level, Metadata, Subscriber, level_filters::LevelFilter, span, subscriber::Interest};

use super::{
    counter::{Counter, METRIC},
    desk::Desk,
    fields::Fields,
};

/// What an event says.
pub(super) enum Said {
    /// Something of the audit trail.
    Audit(Fields),
    /// One more of these, and where it was met if that is said.
    Count(Counter, Fields),
    /// A refusal, with the id that the answer carries.
    Refusal(Fields),
    /// Anything else.
    Note(Fields),
}

/// Hears what this project says, and of others what is worth a warning.
pub(super) struct Collector(pub(super) Arc<Desk>);

fn is_heard(metadata: &Metadata<'_>) -> bool {
    let ours = |target: &str| target == AUDIT || target == METRIC || target.starts_with("symbolon");
    // More severe is less.
    metadata.is_event()
        && (*metadata.level() <= Level::WARN || *metadata.level() == Level::INFO && ours(metadata.target()))
}

impl Subscriber for Collector {
    /// Asked once for each place in the code, so that what is not heard costs nothing.
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_heard(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_heard(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::of(event);
        let said = match event.metadata().target() {
            AUDIT => {
                // Says that it is of the trail, which its place in the line says here.
                fields.take("message");
                Said::Audit(fields)
            }
            METRIC => match fields.text("metric").and_then(Counter::named) {
                Some(counter) => Said::Count(counter, fields),
                None => Said::Note(fields),
            },
            target if target.starts_with("symbolon::") && fields.0.contains_key("id") => {
                Said::Refusal(fields)
            }
            _ => Said::Note(fields),
        };
        self.0.hear(*event.metadata().level(), said);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        // There is none: no span is heard.
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
