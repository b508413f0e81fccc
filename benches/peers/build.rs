fn main() {
    println!("cargo::rerun-if-changed=c");
    let mut build = cc::Build::new();
    build.compiler("gcc").file("c/kernels.c").opt_level(3).flag("-ffast-math").warnings_into_errors(true);
    if std::env::var_os("CARGO_FEATURE_NATIVE").is_some() {
        build.flag("-march=native");
    }
    build.compile("kernels");
}
