//! Days, written the one way every language reads: `2026-11-22`, in UTC.

use maud::{Markup, html};

use crate::types::Timestamp;

/// The day of a point in time, isolated so that it is not turned around on a right-to-left page.
pub(super) fn day(at: Timestamp) -> Markup {
    let iso = iso_day(at);
    html! { time dir="ltr" datetime=(iso) { (iso) } }
}

/// Days since 1970-01-01 to the proleptic Gregorian calendar, in eras of 400 years that begin on 1 March.
fn iso_day(at: Timestamp) -> String {
    const DAYS_TO_1970: u64 = 719_468;
    const ERA: u64 = 146_097;
    let days = at.0 / 86_400 + DAYS_TO_1970;
    let (era, day_of_era) = (days / ERA, days % ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, iso) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_164_800, "2024-02-29"),
            (1_795_305_600, "2026-11-22"),
            (1_798_761_599, "2026-12-31"),
            (4_107_542_400, "2100-03-01"),
            (4_107_542_399, "2100-02-28"),
        ] {
            assert_eq!(iso_day(Timestamp(seconds)), iso);
        }
    }
}
