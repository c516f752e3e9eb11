//! The tables of the collection.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(crate) struct Table {
    lines: String,
    folder: PathBuf,
}

pub(crate) struct Row {
    cells: BTreeMap<String, String>,
    folder: PathBuf,
}

impl Table {
    /// The table and the folder of its files; `None`, said aloud, when they are not there.
    pub(crate) fn locate(table: &str, folder: &str) -> Option<Table> {
        let collection = std::env::var_os("CERTLENS_PFX")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/pfx"), PathBuf::from);
        match fs::read_to_string(collection.join(table)) {
            Ok(lines) => Some(Table { lines, folder: collection.join(folder) }),
            Err(error) => {
                let path = collection.join(table);
                let message = format!("SKIPPED: {}: {error} (set CERTLENS_PFX)\n", path.display());
                assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
                std::io::stderr().write_all(message.as_bytes()).unwrap();
                None
            }
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        let mut lines = self.lines.lines();
        let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
        lines.map(move |line| {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), columns.len(), "{line}");
            let cells = columns.iter().zip(cells).map(|(column, cell)| ((*column).to_owned(), cell.to_owned()));
            Row { cells: cells.collect(), folder: self.folder.clone() }
        })
    }
}

impl Row {
    pub(crate) fn get(&self, column: &str) -> &str {
        self.cells.get(column).unwrap()
    }

    pub(crate) fn name(&self) -> &str {
        self.get("file")
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        fs::read(self.folder.join(self.name())).unwrap()
    }
}

/// Algorithms of keys without the sizes, which are said by whoever reads keys.
pub(crate) fn without_sizes(cell: &str) -> String {
    let algorithms = cell.split(" | ").map(|key| key.split(' ').next().unwrap());
    algorithms.collect::<Vec<_>>().join(" | ")
}
