//! Bytes as a table, CSV or an array, packed or not: whatever they are, what is read is as the network takes it, and an error can be
//! printed.

use mlp_tables::{Data, Error, Header, Table, Wanted, read, read_both};

pub(crate) fn tables(data: &[u8]) {
    for (wanted, choice) in all().into_iter().zip(0_u8..) {
        check(read(data, &wanted), &wanted);
        if choice == 0 {
            // The same file for both, and one that fits.
            check(read_both(data, data, &wanted), &wanted);
            check(read_both(data, "kind\na\nb\nc\n".as_bytes(), &wanted), &wanted);
        }
    }
}

/// What networks take.
fn all() -> [Wanted; 4] {
    let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let named = vec!["x1".to_owned(), "b".to_owned()];
    let mut given = Wanted::new(vec![Data::named("in", named)], vec![Data::numbers("t", 1)]);
    given.inputs.iter_mut().for_each(|input| input.given = names(&["x"]));
    [
        Wanted::new(vec![Data::numbers("x", 2)], vec![Data::class("kind", 3)]),
        Wanted { header: Header::No, single: true, ..Wanted::new(vec![Data::numbers("x", 1)], Vec::new()) },
        Wanted { with_targets: false, input_columns: names(&["x", "1"]), ..given.clone() },
        given,
    ]
}

fn check(read: Result<Table, Error>, wanted: &Wanted) {
    match read {
        Ok(table) => {
            let targets = if wanted.with_targets { wanted.target_count() } else { 0 };
            assert!(table.rows > 0);
            assert_eq!(table.inputs.len(), table.rows * wanted.input_count());
            assert_eq!(table.targets.len(), table.rows * targets);
            assert!(table.inputs.iter().chain(&table.targets).all(|number| number.is_finite()));
            if let Some(Some(names)) = table.classes.first() {
                assert!(table.targets.iter().all(|class| *class < names.len() as f64));
            }
        }
        Err(error) => {
            let said = format!("{error}{}", error.help());
            assert!(!said.is_empty() && said.chars().all(|of| !of.is_control() || of == '\n'), "{said:?}");
        }
    }
}
