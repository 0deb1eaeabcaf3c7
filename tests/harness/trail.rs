use std::{cell::RefCell, collections::BTreeMap, fmt, sync::Once};

use symbolon::endpoints::audit::AUDIT;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::Interest,
};

/// What the provider wrote into its audit trail since a test began to look, or looked last.
///
/// Of this test alone: its server runs on its own thread, as `#[tokio::test]` does unless it is told otherwise.
pub struct Trail {
    /// The pseudonyms met, in the order of their appearance.
    members: RefCell<Vec<String>>,
}

/// One line of the trail.
#[derive(Debug, Clone)]
pub struct AuditLine {
    pub level: Level,
    pub fields: BTreeMap<&'static str, String>,
}

thread_local! {
    static LINES: RefCell<Vec<AuditLine>> = const { RefCell::new(Vec::new()) };
}

/// All a line may hold.
const FIELDS: [&str; 8] = [
    "message", "event", "tenant", "client", "subject", "cause", "error_id", "key",
];

impl Trail {
    pub fn begin() -> Self {
        static INSTALLED: Once = Once::new();
        // One for all threads: what is decided once about an event's interest then holds for every test.
        INSTALLED.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
        LINES.take();
        Self {
            members: RefCell::default(),
        }
    }

    /// The lines as they are.
    #[expect(clippy::unused_self, reason = "only who began to look has something to take")]
    pub fn lines(&self) -> Vec<AuditLine> {
        LINES.take()
    }

    /// The lines as `event tenant client member cause`, without what a line does not say; members are `m1`, `m2`, … in
    /// the order of their appearance. A field that does not belong there fails the test.
    pub fn told(&self) -> Vec<String> {
        self.lines().iter().map(|line| self.tell(line)).collect()
    }

    pub fn tell(&self, line: &AuditLine) -> String {
        for name in line.fields.keys() {
            assert!(FIELDS.contains(name), "{name}: {line:?}");
        }
        let mut words = vec![line["event"].to_owned(), line["tenant"].to_owned()];
        words.extend(line.fields.get("client").cloned());
        words.extend(line.fields.get("subject").map(|name| self.member(name)));
        words.extend(line.fields.get("cause").map(|cause| format!("({cause})")));
        words.join(" ")
    }

    fn member(&self, pseudonym: &str) -> String {
        assert_eq!(pseudonym.len(), 16, "{pseudonym} is no pseudonym");
        let mut members = self.members.borrow_mut();
        let known = members.iter().position(|m| m == pseudonym);
        let at = known.unwrap_or_else(|| {
            members.push(pseudonym.to_owned());
            members.len() - 1
        });
        format!("m{}", at + 1)
    }
}

impl std::ops::Index<&str> for AuditLine {
    type Output = str;

    fn index(&self, name: &str) -> &str {
        &self.fields[name]
    }
}

/// Hears the trail and nothing else.
struct Listener;

fn is_heard(metadata: &Metadata<'_>) -> bool {
    metadata.target() == AUDIT
}

impl Subscriber for Listener {
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

    fn event(&self, event: &Event<'_>) {
        let mut line = AuditLine {
            level: *event.metadata().level(),
            fields: BTreeMap::new(),
        };
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Visit for AuditLine {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}
