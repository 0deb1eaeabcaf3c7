use super::Connector;

/// Who knows a tenant's members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Directory {
    /// The provider's own table, filled from the configuration file.
    #[default]
    Table,
    /// The brand's loyalty system.
    Connector(Connector),
}
