//! How a brand looks: validated tokens only.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    declaration::{BrandDeclaration, FontDeclaration, ThemeDeclaration},
    setting::{ConfigError, Setting},
    uri,
};
use crate::model::{Brand, Colour, FontStack, Theme};

/// WCAG 2.2 s1.4.3, text of normal size.
const CONTRAST: f64 = 4.5;
/// Corners rounder than this make a button look like something else.
const RADIUS: u64 = 24;
/// A page with its logo stays within the first congestion window or two.
const LOGO: usize = 10 * 1024;

pub(super) fn validate(at: &Setting, declared: BrandDeclaration) -> Result<Brand, ConfigError> {
    at.key("name").readable(&declared.name, 60)?;
    at.key("monogram").readable(&declared.monogram, 3)?;
    if let Some(text) = &declared.logo {
        logo(&at.key("logo"), text)?;
    }
    uri::optional_link(&at.key("privacy_uri"), declared.privacy_uri.as_ref())?;
    uri::optional_link(&at.key("terms_uri"), declared.terms_uri.as_ref())?;
    uri::optional_link(&at.key("support_uri"), declared.support_uri.as_ref())?;
    Ok(Brand {
        theme: theme(&at.key("theme"), &declared.theme)?,
        name: declared.name,
        monogram: declared.monogram,
        logo: declared.logo,
        privacy_uri: declared.privacy_uri,
        terms_uri: declared.terms_uri,
        support_uri: declared.support_uri,
    })
}

fn theme(at: &Setting, declared: &ThemeDeclaration) -> Result<Theme, ConfigError> {
    let primary = readable_on(&at.key("primary"), &declared.primary, Colour::WHITE)?;
    let primary_dark = readable_on(&at.key("primary_dark"), &declared.primary_dark, Colour::INK)?;
    let accent = match &declared.accent {
        Some(text) => colour(&at.key("accent"), text)?,
        None => primary,
    };
    let radius = declared.radius.unwrap_or(8);
    let fits = u8::try_from(radius).ok().filter(|_| radius <= RADIUS);
    let radius = fits.ok_or_else(|| {
        at.key("radius")
            .refused(format!("{radius} is more than {RADIUS}"))
    })?;
    let font = match declared.font {
        None | Some(FontDeclaration::System) => FontStack::System,
        Some(FontDeclaration::Humanist) => FontStack::Humanist,
        Some(FontDeclaration::Geometric) => FontStack::Geometric,
        Some(FontDeclaration::Serif) => FontStack::Serif,
    };
    Ok(Theme {
        primary,
        primary_dark,
        accent,
        radius,
        font,
    })
}

fn readable_on(at: &Setting, text: &str, background: Colour) -> Result<Colour, ConfigError> {
    let colour = colour(at, text)?;
    let contrast = colour.contrast(background);
    // Rounded down: 4.49 must not be called 4.5.
    let shown = (contrast * 100.0).floor() / 100.0;
    let (this, that) = (colour.css(), background.css());
    let cause = format!("{this} on {that} has a contrast of {shown:.2}, below {CONTRAST}");
    at.require(contrast >= CONTRAST, cause)?;
    Ok(colour)
}

fn colour(at: &Setting, text: &str) -> Result<Colour, ConfigError> {
    Colour::parse(text).ok_or_else(|| {
        at.refused(format!(
            "`{}` is not a colour written #rrggbb",
            text.escape_default()
        ))
    })
}

/// An image in the page itself; nothing is ever fetched from elsewhere.
fn logo(at: &Setting, text: &str) -> Result<(), ConfigError> {
    let kinds = ["image/png", "image/svg+xml", "image/webp"];
    let body = kinds
        .iter()
        .find_map(|kind| text.strip_prefix(&format!("data:{kind};base64,")));
    let body = body.ok_or_else(|| at.refused("is not a data: URI of a PNG, SVG or WebP image in base64"))?;
    at.require(text.len() <= LOGO, format!("is larger than {LOGO} bytes"))?;
    let decoded = STANDARD.decode(body).map_err(|_| at.refused("is not base64"))?;
    at.require(!decoded.is_empty(), "is empty")
}
