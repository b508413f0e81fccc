//! `document { title = "Homework 3", … }`: front matter.

use std::collections::BTreeSet;

use super::Checker;

use crate::{
    check::errors,
    spelling::closest,
    syntax::ast::{Document, Entry, EntryValue},
};

const ENTRIES: [&str; 5] = ["title", "author", "question", "marks", "headings"];

impl Checker<'_> {
    pub(super) fn documents(&mut self, documents: &[Document]) {
        if let [first, second, ..] = documents {
            self.found.push(errors::second("document", second.span, first.span));
        }
        let mut seen = BTreeSet::new();
        for entry in documents.first().into_iter().flat_map(|document| &document.entries) {
            let name = entry.name.text.as_str();
            if !seen.insert(name) {
                self.found.push(errors::argument_twice(name, entry.name.span));
            }
            self.entry(entry);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        match (entry.name.text.as_str(), &entry.value) {
            ("title", EntryValue::Text(text)) => self.document.title = Some(text.clone()),
            ("author", EntryValue::Text(text)) => self.document.author = Some(text.clone()),
            ("question", EntryValue::Text(text)) => self.document.question = Some(text.clone()),
            ("marks", EntryValue::Number(number)) => self.document.marks = self.number_of(number),
            ("headings", EntryValue::Table(entries)) => self.headings(entries),
            ("title" | "author" | "question", _) => {
                self.found.push(errors::entry_kind(&entry.name, "text in quotes", entry.span));
            }
            ("marks", _) => self.found.push(errors::entry_kind(&entry.name, "a number", entry.span)),
            ("headings", _) => {
                self.found.push(errors::entry_kind(&entry.name, "a table in braces", entry.span));
            }
            (name, _) => {
                let close = closest(name, ENTRIES.into_iter());
                self.found.push(errors::unknown_entry(&entry.name, close, &ENTRIES));
            }
        }
    }

    fn headings(&mut self, entries: &[Entry]) {
        let known = crate::model::HEADINGS.map(|(name, _)| name);
        for entry in entries {
            let name = entry.name.text.as_str();
            match &entry.value {
                _ if !known.contains(&name) => {
                    let close = closest(name, known.iter().copied());
                    self.found.push(errors::unknown_entry(&entry.name, close, &known));
                }
                EntryValue::Text(text) => {
                    self.document.headings.push((name.to_owned(), text.clone()));
                }
                EntryValue::Number(_) | EntryValue::Table(_) => {
                    self.found.push(errors::entry_kind(&entry.name, "text in quotes", entry.span));
                }
            }
        }
    }
}
