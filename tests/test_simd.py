"""What `check.rs` of a project sees of the code that is SIMD in the module only: each word of it changed, one at a time."""

import os
import re
from pathlib import Path

import pytest
from conftest import Projects
from helpers import ROOT, run

pytestmark = pytest.mark.xdist_group("variants")
PLATFORM = ROOT / "template/{{ crate_name }}/platform/src"
MUTANTS = [
    ("i8x16_gt as above", "u8x16_gt as above"),
    ("u8x16_add as add", "u8x16_add_sat as add"),
    ("u8x16_eq as equals", "i8x16_ge as equals"),
    ("u8x16_le as up_to", "u8x16_lt as up_to"),
    ("u8x16_max as max", "i8x16_max as max"),
    ("u8x16_sub as sub", "u8x16_sub_sat as sub"),
    ("u8x16_sub_sat as saturating_sub", "i8x16_sub_sat as saturating_sub"),
    ("u8x16_swizzle as swizzle", "u8x16_avgr as swizzle"),
    ("u16x8_shr as shift_right", "i16x8_shr as shift_right"),
    ("v128_and as and", "v128_xor as and"),
    ("v128_andnot as and_not", "v128_and as and_not"),
    ("v128_any_true as any", "u8x16_all_true as any"),
    ("v128_or as or", "v128_xor as or"),
    ("u8x16_shuffle::<15,", "u8x16_shuffle::<31,"),
    ("29, 30>(before, a)", "29, 31>(before, a)"),
    ("transmute(lanes)", "transmute(splat(any(lanes).into()))"),
]
# Calls the check in a module as rustc makes it; what JavaScript would have to bring is not called.
CALL = """
  const module = new WebAssembly.Module(require("node:fs").readFileSync(process.argv[1]));
  const none = new Proxy({}, { get: () => () => 0 });
  const { exports } = new WebAssembly.Instance(module, new Proxy({}, { get: () => none }));
  Object.entries(exports).find(([name]) => name.startsWith("check_simd"))[1](64, 1, 0);
"""


@pytest.fixture(scope="module")
def crate(projects: Projects, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crate beside its flags, to be changed."""
    project = projects.quick
    copy = tmp_path_factory.mktemp("simd")
    for name in ["my_worker", ".cargo", "rust-toolchain.toml"]:
        run("cp", "-r", project / name, copy, cwd=copy)
    return copy / "my_worker"


def checked(crate: Path, status: int) -> str:
    """Compiles the crate to WebAssembly, quickly, and runs the check there."""
    target = Path(os.environ["CARGO_TARGET_DIR"], "wasm32-unknown-unknown/debug/my_worker.wasm")
    settings = {"CARGO_PROFILE_DEV_OPT_LEVEL": "1", "CARGO_PROFILE_DEV_PANIC": "abort"}
    build = ["cargo", "build", "--quiet", "--locked", "--features=faults", "--target=wasm32-unknown-unknown"]
    run(*build, cwd=crate, env=os.environ | settings)
    return run("node", "--eval", CALL, target, cwd=crate, status=status)


def test_the_check_passes_in_the_module(crate: Path) -> None:
    checked(crate, status=0)


@pytest.mark.parametrize(("code", "mutant"), MUTANTS, ids=[mutant for _, mutant in MUTANTS])
def test_the_check_finds_a_changed_word(crate: Path, code: str, mutant: str) -> None:
    block = crate / "platform/src/block.rs"
    right = block.read_text()
    assert right.count(code) == 1
    block.write_text(right.replace(code, mutant))
    try:
        assert "RuntimeError: unreachable" in checked(crate, status=1)
    finally:
        block.write_text(right)


def test_every_instruction_is_checked_and_has_a_mutant() -> None:
    simd = (PLATFORM / "block.rs").read_text().split("mod simd {")[1]
    loops, check = (PLATFORM / "block/loops.rs").read_text().split("pub fn check()")
    instructions = dict(re.findall(r"(\w+) as ([a-z_]+)[,;]", simd))
    names = {*instructions.values(), *re.findall(r"pub fn (\w+)", simd)}
    assert names == {*re.findall(r"^pub fn (\w+)", loops, flags=re.MULTILINE)}
    assert not [name for name in names if not re.search(rf"\b{name}\(", check)]
    # No other instruction has the types of these two.
    del instructions["u8x16_splat"], instructions["u8x16_bitmask"]
    assert not {f"{code} as {name}" for code, name in instructions.items()} - {code for code, _ in MUTANTS}
