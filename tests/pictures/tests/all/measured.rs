//! The pictures of the examples and of random networks.

use std::{
    env,
    io::{self, Write},
    path::Path,
    sync::LazyLock,
};

use mlp_pictures::{
    Picture,
    browser::{self, Measured},
    of_folder, of_random,
};

/// Random networks whose pictures each run measures; the command in `docs/correctness.md` measures 100.
const RANDOM: u64 = 10;

/// All pictures of a run.
static PICTURES: LazyLock<Vec<Picture>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/course");
    let mut all = of_folder(&folder).unwrap();
    all.extend(crate::hand::pictures());
    all.extend(of_random(0..RANDOM).unwrap());
    all
});

/// What the browser says of pictures; `None` on a machine without one, unless `MLP_NEEDS_CHROMIUM` is set.
pub(crate) fn in_browser(pictures: &[Picture]) -> Option<Measured> {
    let Some(browser) = browser::find() else {
        assert!(
            env::var_os("MLP_NEEDS_CHROMIUM").is_none(),
            "Chromium is not installed, and this run needs it"
        );
        // Not with `eprintln!`, which the output of a test that passes does not show.
        let count = pictures.len();
        let said = writeln!(
            io::stderr(),
            "NOT MEASURED: {count} pictures, because Chromium is not installed (MLP_CHROMIUM names a browser)"
        );
        said.unwrap();
        return None;
    };
    Some(browser::measure(&browser, pictures).unwrap())
}

#[test]
fn nothing_overlaps_by_the_places_of_a_picture() {
    let faults: Vec<String> = PICTURES.iter().flat_map(Picture::faults).collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn nothing_overlaps_in_a_browser() {
    let Some(measured) = in_browser(&PICTURES) else { return };
    assert_eq!(measured.findings, [""; 0]);
    let [count, texts, edges] = measured.counts;
    assert!(count == PICTURES.len() && texts > 10 * count && edges > 10 * count, "{:?}", measured.counts);
}
