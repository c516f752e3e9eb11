//! Which nodes there are, and which files are theirs.

use std::path::Path;

use certlens_core::identity::ReferenceName;

use crate::args::HaArgs;
use crate::error::Failure;
use crate::situation::{host, hosts};

/// The nodes of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// In the order of the command line.
    pub(crate) nodes: Vec<Node>,
    /// The files with their certificates, each once.
    pub(crate) files: Vec<String>,
}

/// A node.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its host name, or that of its file where no host is named.
    pub(crate) name: String,
    pub(crate) host: Option<ReferenceName>,
    /// The place of its file.
    pub(crate) file: usize,
    /// What it trusts, beside a set that all nodes have.
    pub(crate) anchors: Vec<String>,
    /// The file with the permissions of its key.
    pub(crate) acl: Option<String>,
}

impl Layout {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// When files and hosts do not come together, or a node is named that there is not.
    pub(crate) fn new(args: &HaArgs) -> Result<Layout, Failure> {
        let mut layout = Layout { nodes: Vec::new(), files: Vec::new() };
        let (mut unnamed, names) = (Vec::new(), hosts(&args.node)?);
        for argument in &args.nodes {
            match of_one(argument)? {
                (Some(host), file) => layout.add(Some(host), file),
                (None, file) => unnamed.push(file),
            }
        }
        layout.unnamed(&unnamed, names)?;
        layout.refuse_twice()?;
        for argument in &args.anchors {
            let (nodes, file) = layout.meant(argument, "--anchors")?;
            nodes.into_iter().for_each(|node| node.anchors.push(file.to_owned()));
        }
        for argument in &args.acl {
            let (nodes, file) = layout.meant(argument, "--acl")?;
            for node in nodes {
                if let Some(before) = node.acl.replace(file.to_owned()) {
                    return Err(Failure::unusable(format!(
                        "--acl: {} has two files with permissions, {before} and {file}",
                        node.name
                    ))
                    .advice("give HOST=FILE for each node"));
                }
            }
        }
        layout.refuse_second_reading(args)?;
        Ok(layout)
    }

    /// Standard input can be read once, for one purpose.
    fn refuse_second_reading(&self, args: &HaArgs) -> Result<(), Failure> {
        let is_input = |argument: &&String| argument.as_str() == "-" || argument.ends_with("=-");
        let named = args.anchors.iter().chain(&args.acl).chain(&args.intermediates).filter(is_input).count();
        let files = self.files.iter().filter(|file| *file == "-").count();
        if named + files > 1 {
            return Err(Failure::unusable("-: standard input can be read once, but is given several times"));
        }
        // Those of each set are read together.
        let mut sets: Vec<&[String]> = self.nodes.iter().map(|node| node.anchors.as_slice()).collect();
        sets.retain(|set| set.iter().any(|file| file == "-"));
        sets.dedup();
        match sets.len() {
            0 | 1 => Ok(()),
            _ => {
                Err(Failure::unusable("--anchors -: standard input can be read once, but nodes have different anchors")
                    .advice("write it to a file, and give that"))
            }
        }
    }

    /// Everything that is read, each file of the nodes once.
    pub(crate) fn inputs<'a>(&'a self, args: &'a HaArgs) -> impl Iterator<Item = &'a String> {
        let of_nodes = self.nodes.iter().flat_map(|node| node.anchors.iter().chain(&node.acl));
        self.files.iter().chain(of_nodes).chain(&args.intermediates)
    }

    /// The hosts of all nodes whose names are known.
    pub(crate) fn hosts(&self) -> Vec<ReferenceName> {
        self.nodes.iter().filter_map(|node| node.host.clone()).collect()
    }

    fn add(&mut self, host: Option<ReferenceName>, file: &str) {
        let place = self.files.iter().position(|known| known == file).unwrap_or_else(|| {
            self.files.push(file.to_owned());
            self.files.len() - 1
        });
        let name = host.as_ref().map_or_else(|| crate::read::shown(file).to_owned(), ToString::to_string);
        self.nodes.push(Node { name, host, file: place, anchors: Vec::new(), acl: None });
    }

    /// Files without a host, and hosts without a file.
    fn unnamed(&mut self, files: &[&str], hosts: Vec<ReferenceName>) -> Result<(), Failure> {
        match (files, hosts.len()) {
            ([], 0) => {}
            ([], _) => {
                return Err(Failure::unusable("--node: every file has its node already")
                    .advice("give HOST=FILE for each node, or one file without a host for those of --node"));
            }
            (files, 0) => files.iter().for_each(|file| self.add(None, file)),
            ([file], _) => hosts.into_iter().for_each(|host| self.add(Some(host), file)),
            (files, count) if files.len() == count => {
                files.iter().zip(hosts).for_each(|(file, host)| self.add(Some(host), file));
            }
            (files, count) => {
                return Err(Failure::unusable(format!(
                    "--node: {} files and {count} hosts do not come together",
                    files.len()
                ))
                .advice("give HOST=FILE for each node, or one file for all of them"));
            }
        }
        Ok(())
    }

    fn refuse_twice(&self) -> Result<(), Failure> {
        let twice = self.nodes.iter().enumerate().find(|(at, node)| {
            let before = self.nodes.iter().take(*at);
            before.into_iter().any(|other| other.name == node.name)
        });
        match twice {
            None => Ok(()),
            Some((_, node)) => Err(Failure::unusable(format!("{}: this node is given twice", node.name))
                .advice("give each node once; one file may be that of several nodes")),
        }
    }

    /// The nodes that `[HOST=]FILE` is for.
    fn meant<'a>(&mut self, argument: &'a str, option: &str) -> Result<(Vec<&mut Node>, &'a str), Failure> {
        let (host, file) = of_one(argument)?;
        let Some(host) = host else { return Ok((self.nodes.iter_mut().collect(), file)) };
        let known: Vec<String> = self.nodes.iter().map(|node| node.name.clone()).collect();
        let nodes: Vec<&mut Node> = self.nodes.iter_mut().filter(|node| node.host.as_ref() == Some(&host)).collect();
        if nodes.is_empty() {
            return Err(Failure::unusable(format!("{option} {argument}: there is no node {host}"))
                .advice(format!("the nodes are {}", known.join(", "))));
        }
        Ok((nodes, file))
    }
}

/// `HOST=FILE` or `FILE`: a file whose name has such a character is taken for that file.
fn of_one(argument: &str) -> Result<(Option<ReferenceName>, &str), Failure> {
    match argument.split_once('=') {
        Some((name, file)) if !name.contains(['/', '\\']) && !Path::new(argument).exists() => {
            if file.is_empty() {
                return Err(Failure::unusable(format!("{argument}: no file stands behind the ="))
                    .advice("write it as node1.example.com=node1.pfx"));
            }
            let host = host(name).map_err(|error| error.advice("write it as node1.example.com=node1.pfx"))?;
            Ok((Some(host), file))
        }
        _ => Ok((None, argument)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser;

    fn layout(words: &[&str]) -> Result<Layout, Failure> {
        let words = ["certlens", "ha"].iter().chain(words);
        match Cli::try_parse_from(words).unwrap().command {
            Command::Ha(args) => Layout::new(&args),
            _ => unreachable!("it was ha"),
        }
    }

    fn files(words: &[&str]) -> Vec<(String, usize)> {
        layout(words).unwrap().nodes.into_iter().map(|node| (node.name, node.file)).collect()
    }

    #[test]
    fn files_find_their_nodes() {
        let named = |name: &str, file| (name.to_owned(), file);
        let both = [named("n1.example", 0), named("n2.example", 1)];
        assert_eq!(files(&["n1.example=a.pfx", "N2.example=b.pfx"]), both);
        assert_eq!(files(&["a.pfx", "b.pfx", "--node", "n1.example", "--node", "n2.example"]), both);
        let one = [named("n1.example", 0), named("n2.example", 0)];
        assert_eq!(files(&["a.pfx", "--node", "n1.example", "--node", "n2.example"]), one);
        assert_eq!(files(&["n1.example=a.pfx", "n2.example=a.pfx"]), one);
        assert_eq!(files(&["a.pfx", "b.pfx"]), [named("a.pfx", 0), named("b.pfx", 1)]);
        assert_eq!(files(&["./x=y.pfx"]), [named("./x=y.pfx", 0)]);
    }

    #[test]
    fn what_is_common_and_what_is_of_one_node() {
        let layout = layout(&[
            "n1.example=a.pfx",
            "n2.example=a.pfx",
            "--anchors",
            "root.pem",
            "--anchors",
            "n2.example=other.pem",
            "--acl",
            "n1.example=acl.txt",
        ])
        .unwrap();
        assert_eq!(layout.nodes[0].anchors, ["root.pem"]);
        assert_eq!(layout.nodes[1].anchors, ["root.pem", "other.pem"]);
        assert_eq!(layout.nodes[0].acl.as_deref(), Some("acl.txt"));
        assert_eq!(layout.nodes[1].acl, None);
    }

    #[test]
    fn what_does_not_come_together() {
        for (words, word) in [
            (&["n1.example=a.pfx", "--node", "n2.example"][..], "already"),
            (&["a.pfx", "b.pfx", "--node", "n1.example"], "2 files and 1 hosts"),
            (&["n1.example=a.pfx", "n1.example=b.pfx"], "twice"),
            (&["n1.example="], "no file"),
            (&["*.example=a.pfx"], "wildcard"),
            (&["a@example=a.pfx"], "mailbox"),
            (&["n1.example=a.pfx", "--anchors", "n3.example=r.pem"], "no node n3.example"),
            (&["n1.example=a.pfx", "--acl", "x.txt", "--acl", "y.txt"], "two files"),
        ] {
            let failure = layout(words).unwrap_err();
            assert!(failure.message.contains(word), "{words:?}: {failure}");
        }
    }
}
