//! The pages on `localhost`: what is running, whom to try it as, and the phones.

mod frame;
mod inbox;
mod start;

use partners::demo::Site;
use symbolon::{
    config::{Configuration, fill},
    model::MemberStatus,
    types::PhoneNumber,
};

pub(crate) use self::{inbox::inbox, start::start};

/// What the pages tell, fixed at the start.
pub(crate) struct Shown {
    brands: Vec<Brand>,
    apps: Vec<App>,
    /// This page's own origin.
    home: String,
}

struct Brand {
    /// The tenant's id, as messages name it.
    id: String,
    name: String,
    issuer: String,
    members: Vec<Person>,
}

struct Person {
    name: String,
    number: String,
    /// What is special about her, in words.
    note: Option<String>,
}

struct App {
    name: &'static str,
    what: &'static str,
    home: String,
}

impl Shown {
    pub(crate) fn of(configuration: &Configuration, partners: &[Site], scheme: &str, port: u16) -> Self {
        let brands = configuration.tenants.iter().map(|(tenant, _)| Brand {
            id: tenant.id.as_str().to_owned(),
            name: tenant.brand.name.clone(),
            issuer: tenant.issuer.as_str().to_owned(),
            members: configuration
                .members
                .iter()
                .filter(|(of, _)| *of == tenant.id)
                .map(|(_, member)| Person {
                    name: member
                        .profile
                        .name
                        .clone()
                        .unwrap_or_else(|| member.id.as_str().to_owned()),
                    number: spaced(&member.number),
                    note: match tenant.fixed_code(&member.number) {
                        _ if member.status == MemberStatus::Suspended => {
                            Some("suspended: cannot sign in".to_owned())
                        }
                        Ok(Some(code)) => Some(format!("test number: the code is always {}", code.expose())),
                        _ => None,
                    },
                })
                .collect(),
        });
        let apps = partners.iter().filter_map(|partner| {
            let (name, what) = partner.shown?;
            Some(App {
                name,
                what,
                home: partner.home.clone(),
            })
        });
        Self {
            brands: brands.collect(),
            apps: apps.collect(),
            home: fill("{scheme}://localhost:{port}", scheme, port),
        }
    }

    /// Who has a number at a brand.
    fn name(&self, brand: &str, number: &str) -> Option<&str> {
        let brand = self.brands.iter().find(|known| known.id == brand)?;
        brand
            .members
            .iter()
            .find(|member| member.number == number)
            .map(|member| member.name.as_str())
    }

    fn brand_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.brands
            .iter()
            .find(|brand| brand.id == id)
            .map_or(id, |brand| &brand.name)
    }
}

/// `+44 7700 900101`: as people write it.
fn spaced(number: &PhoneNumber) -> String {
    let calling = number.country().calling_code;
    let rest = number.as_str().get(1 + calling.len()..).unwrap_or_default();
    let (head, tail) = rest.split_at_checked(4).unwrap_or((rest, ""));
    format!("+{calling} {head} {tail}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spaced_as_people_write_them() {
        let number = |text: &str| PhoneNumber::try_from(text.to_owned()).unwrap();
        assert_eq!(spaced(&number("+447700900101")), "+44 7700 900101");
        assert_eq!(spaced(&number("+971501234567")), "+971 5012 34567");
    }
}
