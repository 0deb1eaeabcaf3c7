//! The fuzz targets and their seeds: there is one of each, and what is written down holds today.

use std::{fs, path::PathBuf};

use super::TARGETS;

fn fuzz(below: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz")
        .join(below)
}

fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(fuzz(folder)).unwrap();
    let name = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        name.trim_end_matches(".rs").to_owned()
    };
    let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

#[test]
fn every_property_has_a_fuzz_target_and_seeds() {
    let properties: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names("targets"), properties);
    assert_eq!(names("seeds"), properties);
    let manifest = fs::read_to_string(fuzz("Cargo.toml")).unwrap();
    for name in properties {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let target = fs::read_to_string(fuzz(&format!("targets/{name}.rs"))).unwrap();
        assert!(target.contains(&format!("property::{name}::holds")), "{name}");
    }
}

#[test]
fn every_seed_holds() {
    for (name, holds) in TARGETS {
        let seeds = names(&format!("seeds/{name}"));
        assert!(!seeds.is_empty(), "{name} has no seed");
        for seed in seeds {
            holds(&fs::read(fuzz(&format!("seeds/{name}/{seed}"))).unwrap());
        }
    }
}
