//! Libraries with the C interface of BLAS, loaded when asked for.

use std::ffi::{CStr, c_char, c_int};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libloading::{Error, Library};

use crate::by_hand::functions::Real;
use crate::contender::Contender;
use crate::products::{self, Matrix, Product};
use crate::versions::Versions;
use crate::workloads::{Data, Workload};

type Gemm<T> = unsafe extern "C" fn(
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    T,
    *const T,
    c_int,
    *const T,
    c_int,
    T,
    *mut T,
    c_int,
);

const ROW_MAJOR: c_int = 101;
const AS_IT_IS: c_int = 111;
const TRANSPOSED: c_int = 112;

struct Functions {
    library: &'static Library,
    single: Gemm<f32>,
    double: Gemm<f64>,
}

trait Blas: 'static {
    fn functions() -> Option<&'static Functions>;
}

/// Intel's, from the wheel in `python/venv`.
struct Mkl;
/// Debian's `libopenblas0-pthread`.
struct OpenBlas;

impl Blas for Mkl {
    fn functions() -> Option<&'static Functions> {
        static MKL: OnceLock<Option<Functions>> = OnceLock::new();
        MKL.get_or_init(|| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/venv/lib");
            load(&file_in(&folder, "libmkl_rt.so")?, "MKL_Set_Threading_Layer").ok()
        })
        .as_ref()
    }
}

impl Blas for OpenBlas {
    fn functions() -> Option<&'static Functions> {
        static OPENBLAS: OnceLock<Option<Functions>> = OnceLock::new();
        OPENBLAS.get_or_init(|| load(Path::new("libopenblas.so.0"), "openblas_set_num_threads").ok()).as_ref()
    }
}

fn file_in(folder: &Path, beginning: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    files.into_iter().find(|file| file.to_string_lossy().contains(beginning))
}

/// Keeps the library for good. `one_thread` is what makes it sequential when called with 1.
fn load(file: &Path, one_thread: &str) -> Result<Functions, Error> {
    // SAFETY: the names have these types in every BLAS.
    unsafe {
        let library: &'static Library = Box::leak(Box::new(Library::new(file)?));
        library.get::<unsafe extern "C" fn(c_int) -> c_int>(one_thread.as_bytes())?(1);
        Ok(Functions {
            library,
            single: *library.get(b"cblas_sgemm")?,
            double: *library.get(b"cblas_dgemm")?,
        })
    }
}

/// Of those that are there.
pub fn versions() -> Versions {
    let mut versions = Vec::new();
    let mkl = Mkl::functions().and_then(|functions| {
        let mut text = [0; 200];
        // SAFETY: writes a text of at most 200 bytes.
        let print = unsafe {
            functions.library.get::<unsafe extern "C" fn(*mut u8, c_int)>(b"MKL_Get_Version_String").ok()?
        };
        unsafe { print(text.as_mut_ptr(), 200) };
        let text = String::from_utf8_lossy(&text).into_owned();
        Some(text.trim_matches(['\0', ' ']).to_string())
    });
    versions.extend(mkl.map(|version| ("MKL".into(), version)));
    let openblas = OpenBlas::functions().and_then(|functions| {
        // SAFETY: returns a text that stays.
        unsafe {
            let config =
                functions.library.get::<unsafe extern "C" fn() -> *const c_char>(b"openblas_get_config");
            Some(CStr::from_ptr(config.ok()?()).to_string_lossy().into_owned())
        }
    });
    versions.extend(openblas.map(|version| ("OpenBLAS".into(), version)));
    versions
}

struct By<B>(std::marker::PhantomData<B>);

impl<B: Blas> Product<f32> for By<B> {
    fn product(out: &mut [f32], add: bool, factor: f32, a: Matrix<'_, f32>, b: Matrix<'_, f32>) {
        multiply(B::functions().map(|functions| functions.single), out, add, factor, a, b);
    }
}

impl<B: Blas> Product<f64> for By<B> {
    fn product(out: &mut [f64], add: bool, factor: f64, a: Matrix<'_, f64>, b: Matrix<'_, f64>) {
        multiply(B::functions().map(|functions| functions.double), out, add, factor, a, b);
    }
}

fn multiply<T: Real>(
    gemm: Option<Gemm<T>>,
    out: &mut [T],
    add: bool,
    factor: T,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
) {
    let gemm = gemm.expect("a contender is made only where the library is");
    assert!(out.len() == a.rows * b.columns && a.columns == b.rows);
    let order = |matrix: Matrix<'_, T>| match matrix.column_stride {
        1 => (AS_IT_IS, matrix.row_stride as c_int),
        _ => (TRANSPOSED, matrix.column_stride as c_int),
    };
    let ((a_order, a_stride), (b_order, b_stride)) = (order(a), order(b));
    let [rows, columns, inner] = [a.rows, b.columns, a.columns].map(|size| size as c_int);
    let keep = if add { T::ONE } else { T::ZERO };
    let (a, b) = (a.data.as_ptr(), b.data.as_ptr());
    // SAFETY: `Matrix` keeps its strides within its data, and `out` is as large as the product.
    unsafe {
        gemm(
            ROW_MAJOR,
            a_order,
            b_order,
            rows,
            columns,
            inner,
            factor,
            a,
            a_stride,
            b,
            b_stride,
            keep,
            out.as_mut_ptr(),
            columns,
        );
    }
}

fn contender<B: Blas>(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    B::functions()?;
    products::contender::<By<B>>(workload, data)
}

pub fn mkl(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    contender::<Mkl>(workload, data)
}

pub fn openblas(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    contender::<OpenBlas>(workload, data)
}
