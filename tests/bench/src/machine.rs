use std::{fs, process::Command};

use crate::failure::{Result, While};

/// What it ran on, in one line: ratios travel between machines, times do not.
pub(crate) fn describe() -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").while_("/proc/cpuinfo")?;
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").while_("the kernel's release")?;
    let kernel = kernel.split(['-', '+']).next().unwrap_or_default().trim();
    let mut parts = vec![
        format!("{cores} x {}", model(&cpu).unwrap_or("processor without a name")),
        format!("Linux {kernel} {}", std::env::consts::ARCH),
    ];
    parts.extend(first_line("rustc", &["--version"]).and_then(|line| {
        let version = line.split(' ').nth(1)?.to_owned();
        Some(format!("rustc {version}"))
    }));
    parts.extend(first_line("node", &["--version"]).map(|version| format!("node {version}")));
    Ok(parts.join(", "))
}

fn model(cpuinfo: &str) -> Option<&str> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim())
}

/// What a program says of itself; nothing if it is not there.
fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_what_follows_the_colon() {
        assert_eq!(
            model("processor\t: 0\nmodel name\t: Fast 9000\n"),
            Some("Fast 9000")
        );
        assert_eq!(model("processor\t: 0\n"), None);
    }
}
