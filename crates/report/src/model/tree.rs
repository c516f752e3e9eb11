//! Hierarchies.

use super::{Note, Text};

/// A hierarchy, drawn top down.
///
/// Renderers walk it without recursion, but dropping or cloning one recurses
/// as for any nested value: the writer bounds the depth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The nodes of the first level.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// A tree with these nodes on its first level.
    pub fn new(nodes: impl IntoIterator<Item = Node>) -> Self {
        Tree { nodes: nodes.into_iter().collect() }
    }

    /// A tree in which each node stands below the one before it, as in a path
    /// that starts with its trust anchor.
    pub fn path(nodes: impl IntoIterator<Item = Node, IntoIter: DoubleEndedIterator>) -> Self {
        let top = nodes.into_iter().rev().reduce(|below, node| node.child(below));
        Tree { nodes: top.into_iter().collect() }
    }
}

/// A node of a [`Tree`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub title: Text,
    /// Short remarks, shown beside the title in one column for the whole tree.
    pub labels: Vec<String>,
    /// Remarks below the title, each starting a line.
    pub details: Vec<Text>,
    /// Findings about it.
    pub notes: Vec<Note>,
    /// What stands below it.
    pub children: Vec<Node>,
}

impl Node {
    /// A node with nothing but its title.
    pub fn new(title: impl Into<Text>) -> Self {
        Node { title: title.into(), ..Node::default() }
    }

    /// Adds a remark beside the title.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(label.into());
        self
    }

    /// Adds a remark below the title.
    pub fn detail(mut self, detail: impl Into<Text>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds a finding.
    pub fn note(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }

    /// Adds a node below.
    pub fn child(mut self, child: Node) -> Self {
        self.children.push(child);
        self
    }
}
