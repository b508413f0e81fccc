//! Links the programs alone, and says whether panics may be left in them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for argument in ["-nostartfiles", "-nostdlib", "-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    // Unoptimised code keeps checks that can't fail.
    println!("cargo::rustc-check-cfg=cfg(no_panic)");
    if std::env::var("OPT_LEVEL").is_ok_and(|level| level != "0") {
        println!("cargo::rustc-cfg=no_panic");
    }
}
