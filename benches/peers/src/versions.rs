//! What was compared, on what.

use std::process::Command;

const CRATES: &[&str] = &[
    #[cfg(feature = "burn")]
    "burn",
    #[cfg(feature = "candle")]
    "candle-core",
    #[cfg(feature = "native")]
    "faer",
    #[cfg(feature = "native")]
    "gemm",
    "matrixmultiply",
    "mlp",
    "ndarray",
    #[cfg(feature = "rayon")]
    "rayon",
];

/// Programs and their versions.
pub type Versions = Vec<(String, String)>;

pub fn all() -> Versions {
    let mut versions = vec![
        ("date".into(), line_of("date", &["-u", "+%F"])),
        ("processor".into(), processor()),
        ("rustc".into(), line_of("rustc", &["--version"])),
        ("gcc".into(), line_of("gcc", &["--version"])),
    ];
    versions.extend(CRATES.iter().filter_map(|&name| Some((name.into(), locked(name)?))));
    versions
}

fn line_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().map(|output| output.stdout);
    let text = String::from_utf8_lossy(&output.unwrap_or_default()).into_owned();
    text.lines().next().unwrap_or("unknown").into()
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown");
    let vectors = if cfg!(target_feature = "avx512f") {
        "AVX-512"
    } else if cfg!(target_feature = "avx2") {
        "AVX2"
    } else {
        "SSE2"
    };
    format!("{model}, built for {vectors}")
}

/// The version that the lock file has.
fn locked(name: &str) -> Option<String> {
    let lock = include_str!("../Cargo.lock");
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next().map(str::to_string)
}
