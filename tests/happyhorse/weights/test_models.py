"""Folders of published files: known for what they are, whole or not, linked without a copy."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace

import pytest

from backend.engines import catalogues
from backend.engines.happyhorse.files.catalogue import CATALOGUE, SETS, STORE
from backend.weights import check, commands
from backend.weights.catalogue import Catalogue, Component, together
from backend.weights.commands import add_commands
from backend.weights.report import Report
from backend.weights.store import ModelsError, Store


@pytest.fixture
def copy(tiny_folder, tmp_path):
    """Copies a folder of the tiny model, to be damaged."""

    def make(name):
        return shutil.copytree(tiny_folder / name, tmp_path / "copies" / name)

    return make


def inspect(folder):
    return check.inspect(folder, CATALOGUE)


def scan(folder):
    return check.scan(folder, CATALOGUE)


def run(*arguments, store=STORE):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(), store)
    parsed = parser.parse_args([str(argument) for argument in arguments])
    return parsed.run(parsed)


def test_every_component_is_known_by_its_files(tiny_folder):
    found = scan(tiny_folder)
    assert set(found) == set(CATALOGUE.components)
    assert all(report.serves(name) for name, report in found.items())
    assert found["distill"].parameters == found["base"].parameters > 1_000_000


def test_a_shard_that_is_missing_or_cut_short_is_named(copy):
    folder = copy("distill")
    shard = folder / "model-00002-of-00003.safetensors"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-1000])
    assert inspect(folder).problems == (
        f"model-00002-of-00003.safetensors has {len(whole) - 1000:,} bytes and should have {len(whole):,}: "
        "it is not complete.",
    )
    shard.unlink()
    assert inspect(folder).problems == ("model-00002-of-00003.safetensors is missing.",)
    shard.with_name(shard.name + ".zst").touch()
    assert inspect(folder).problems == ("model-00002-of-00003.safetensors is missing: unpack its .zst file.",)
    shard.write_bytes(b"<html>not found</html>")
    assert "is not a safetensors file" in inspect(folder).problems[0]


def test_a_tensor_that_is_missing_is_named(copy):
    from safetensors.torch import load_file, save_file

    folder = copy("base")
    (folder / "model.safetensors.index.json").unlink()
    tensors = {}
    for shard in folder.glob("*.safetensors"):
        tensors |= load_file(shard)
        shard.unlink()
    del tensors["block.layers.3.mlp.down_proj.weight"]
    save_file(tensors, folder / "model.safetensors")
    report = inspect(folder)
    assert report.problems == ("It lacks block.layers.3.mlp.down_proj.weight.",)
    assert report.looks_like.startswith("a MagiHuman transformer (8 layers")


@pytest.mark.parametrize(
    ("name", "gone", "problem"),
    [
        ("turbo_vae", "*.ckpt", "The decoder's .ckpt is missing."),
        ("turbo_vae", "*.json", "The decoder's .json (TurboV3-Wan22-TinyShallow_7_7.json) is missing."),
        ("t5gemma-9b-9b-ul2", "tokenizer.json", "tokenizer.json is missing."),
        ("t5gemma-9b-9b-ul2", "model-00001*", "model-00001-of-00002.safetensors is missing."),
        ("stable-audio-open-1.0", "model.safetensors", "model.safetensors is missing."),
    ],
)
def test_what_is_missing_is_named(copy, name, gone, problem):
    folder = copy(name)
    for path in folder.glob(gone):
        path.unlink()
    assert problem in inspect(folder).problems


def test_a_checkpoint_that_is_cut_short(copy):
    path = copy("Wan2.2-TI2V-5B") / "Wan2.2_VAE.pth"
    path.write_bytes(path.read_bytes()[:-5000])
    assert inspect(path.parent).problems == ("Wan2.2_VAE.pth is cut short or damaged.",)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"model_index.json": {"_class_name": "WanImageToVideoPipeline"}}, "WanImageToVideoPipeline"),
        ({"config.json": {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}}, "LlamaForCausalLM"),
        ({"config.json": {"_class_name": "AutoencoderKLWan", "z_dim": 16}}, "Wan 2.1"),
        ({"flux.safetensors": {}}, "weights of another kind (flux.safetensors)"),
        ({}, "an empty folder"),
    ],
)
def test_the_wrong_model_says_what_it_looks_like(tmp_path, files, words):
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    report = inspect(tmp_path)
    assert not report.fits
    assert not report.ok
    assert words in report.looks_like


def test_the_list_tells_programs_how_many_bytes(home, tiny_folder, capsys):
    assert run("list", "--json") == 0
    missing = {one["name"]: one for one in json.loads(capsys.readouterr().out)["models"]}
    assert missing["distill"]["bytes"] == round(CATALOGUE.components["distill"].gigabytes * 1e9) > 10**9
    STORE.link("distill", tiny_folder / "distill")
    run("list", "--json")
    linked = {one["name"]: one for one in json.loads(capsys.readouterr().out)["models"]}
    assert (linked["distill"]["state"], linked["distill"]["bytes"]) == ("linked", STORE.report("distill").bytes)
    assert 10**5 < linked["distill"]["bytes"] < 10**8  # of the tiny one
    assert linked["base"] == missing["base"]


def test_linking_points_and_does_not_copy(home, tiny_folder):
    assert set(STORE.link("all", tiny_folder)) == set(CATALOGUE.components)
    assert STORE.folder("distill") == tiny_folder / "distill"
    assert sum(path.stat().st_size for path in home.rglob("*")) < 100_000
    assert STORE.locate("distill").linked


def test_a_link_to_the_wrong_folder_changes_nothing(home, tiny_folder, copy):
    with pytest.raises(ModelsError, match=r"looks like the Wan 2\.2 video VAE"):
        STORE.link("distill", tiny_folder / "Wan2.2-TI2V-5B")
    with pytest.raises(ModelsError, match="looks like base by its name"):
        STORE.link("distill", tiny_folder / "base")
    broken = copy("distill")
    (broken / "model-00001-of-00003.safetensors").unlink()
    with pytest.raises(ModelsError, match="model-00001-of-00003"):
        STORE.link("distill", broken)
    with pytest.raises(ModelsError, match="There is no folder"):
        STORE.link("distill", tiny_folder / "nowhere")
    assert not home.exists()


def test_a_link_whose_folder_is_gone(home, copy):
    folder = copy("distill")
    STORE.link("distill", folder)
    shutil.rmtree(folder)
    with pytest.raises(ModelsError, match="is gone"):
        STORE.folder("distill")


def test_names_never_become_paths(home, tiny_folder):
    for name in ("../x", "/etc", "distill/../../x", ""):
        with pytest.raises(ModelsError, match="no model called"):
            STORE.locate(name)
        with pytest.raises(ModelsError, match="no model called"):
            STORE.link(name, tiny_folder / "distill")


def test_what_a_quality_needs():
    assert {part.name for part in CATALOGUE.named("540p")} == set(SETS["540p"])
    assert [part.name for part in CATALOGUE.named("wan_vae")] == ["wan_vae"]
    assert len(CATALOGUE.named("all")) == len(CATALOGUE.components)


def test_the_commands(home, tiny_folder, capsys):
    assert run("list") == 0
    assert "256p: needs distill, turbo_vae, t5gemma, wan_vae, stable_audio" in capsys.readouterr().out
    assert run("check", tiny_folder) == 0
    assert "is a MagiHuman transformer" in capsys.readouterr().out
    assert run("check", tiny_folder.parent / "nowhere") == 1
    assert run("link", "all", tiny_folder) == 0
    capsys.readouterr()
    assert run("list") == 0
    said = capsys.readouterr().out
    assert "1080p: ready" in said
    assert str(tiny_folder / "1080p_sr") in said
    assert run("download", "256p") == 1
    assert "Online access is off" in capsys.readouterr().err


def test_another_engine_adds_its_own_catalogue(home, tmp_path, capsys):
    """Its files are listed, known, linked and counted beside those of the others, which stay as they are."""

    def recognise(folder):
        return Report(folder, ("wan_dit",), "a Wan transformer") if (folder / "wan.pth").is_file() else None

    wan = Component("wan_dit", "Wan's transformer", "Wan-AI/Wan", "", ("*.pth",), 1.5)
    other = Catalogue({"wan_dit": wan, "wan_vae": CATALOGUE.components["wan_vae"]}, {"wan": ("wan_dit",)}, (recognise,))
    both = Store(together([CATALOGUE, other]))
    (tmp_path / "wan").mkdir()
    (tmp_path / "wan" / "wan.pth").touch()
    assert run("list", store=both) == 0
    said = capsys.readouterr().out
    assert "wan: needs wan_dit" in said
    assert "256p: needs distill, turbo_vae, t5gemma, wan_vae, stable_audio" in said
    assert run("link", "wan_dit", tmp_path / "wan", store=both) == 0
    capsys.readouterr()
    assert run("list", store=both) == 0
    assert "wan: ready" in capsys.readouterr().out
    with pytest.raises(ModelsError, match="can't be used as distill: it looks like a Wan transformer"):
        both.link("distill", tmp_path / "wan")


def test_two_engines_do_not_mean_different_things_by_one_name():
    other = replace(CATALOGUE.components["wan_vae"], repository="somebody/else")
    with pytest.raises(ValueError, match="two engines have a component called wan_vae"):
        together([CATALOGUE, Catalogue({"wan_vae": other}, {}, ())])
    with pytest.raises(ValueError, match="two engines have a set called 256p"):
        together([CATALOGUE, Catalogue({}, {"256p": ("wan_vae",)}, ())])


def test_the_command_line_has_the_files_of_all_engines():
    assert catalogues.catalogue().components == CATALOGUE.components


def test_a_download_says_how_much_is_here_how_fast_and_how_long_it_takes(monkeypatch, capsys):
    now = [50.0]
    monkeypatch.setattr(commands.time, "monotonic", lambda: now[0])
    reports = ((0, 1_000), (2, 300_000_000), (2.2, 301_000_000), (3, 900_000_000), (3.1, 1_500_000_000))
    shown = []
    for as_json in (False, True):
        meter = commands._Meter(as_json)
        for seconds, done in reports:
            now[0] = 50.0 + seconds
            meter.report(done, 1_500_000_000, "dit/a.safetensors")
        meter.end({"done": 7}, "It is here.")
        shown.append(capsys.readouterr())
    assert [line.rstrip() for line in shown[0].err.replace("\r", "\n").splitlines()] == [
        "",
        "  0% of 1.5 GB, 0 kB/s  dit/a.safetensors",
        " 20% of 1.5 GB, 150.0 MB/s, 0 min left  dit/a.safetensors",
        " 60% of 1.5 GB, 300.0 MB/s, 0 min left  dit/a.safetensors",
        "100% of 1.5 GB, 483.9 MB/s  dit/a.safetensors",
        "It is here.",
    ]
    told = [json.loads(line) for line in shown[1].out.splitlines()]
    assert told[0]["eta_seconds"] is None
    assert [one["eta_seconds"] for one in told[1:4]] == pytest.approx([8, 2, 0], rel=1e-4)
    assert told[-1] == {"done": 7} and told[1] | {"eta_seconds": 8} == {
        "done": 300_000_000,
        "total": 1_500_000_000,
        "file": "dit/a.safetensors",
        "eta_seconds": 8,
    }
    assert [commands._size(size) for size in (999, 1_000_000, 999_949_999, 1_000_000_000)] == [
        "1 kB",
        "1.0 MB",
        "999.9 MB",
        "1.0 GB",
    ]
