/// Names of the three tables, which differ in what a loss or a leak of one would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Tenants, clients, keys.
    pub config: String,
    /// Consents and members.
    pub identity: String,
    /// What ends by itself: challenges, sessions, codes, refresh families.
    pub ephemeral: String,
}
