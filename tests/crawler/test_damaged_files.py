"""Three thousand damaged files and bombs: each gets an answer, and the next good picture is read as ever."""

from crawler_world import picture

from crawler.decoding import Decoder
from practice.damaged import GIF_FRAMES, bombs, damaged_files, whole_files

GOOD = picture(3, "JPEG")


async def test_every_damaged_file_gets_an_answer_and_no_child_dies_of_it() -> None:
    files = list(damaged_files(most_cuts=220))
    assert len(files) > 3000
    async with Decoder.open(1) as decoder:
        for name, body in files:
            seen = await decoder.fingerprint(body)
            assert (seen.pdq is None) is (seen.problem is not None), name
            assert seen.problem != "decoding took too long", name
        assert (await decoder.fingerprint(GOOD)).problem is None
        assert decoder.crashes == 0


async def test_the_whole_ones_are_read() -> None:
    async with Decoder.open(1) as decoder:
        for name, body in whole_files().items():
            seen = await decoder.fingerprint(body)
            assert (seen.problem, seen.frames) == (None, 4 if "moving" in name else 1), name


async def test_bombs_are_told_by_what_they_are() -> None:
    async with Decoder.open(1) as decoder:
        seen = {name: await decoder.fingerprint(body) for name, body in bombs().items()}
    large = [name for name, picture in seen.items() if picture.problem == "more than 64 megapixels"]
    assert [name for name in large if "megapixels" in name] == large and len(large) >= 4
    assert seen[f"GIF of {GIF_FRAMES} frames"].frames == GIF_FRAMES
    assert seen["zip bomb"].problem == seen["text"].problem == "not a picture of a format that is decoded"
