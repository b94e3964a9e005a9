"""Makes aigc_cli/data/voices/kokoro.npz from the voices of the npm package kokoro-js 1.2.1 (Apache-2.0).

    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz
    python docs/assets/make_voices.py package/voices aigc_cli/data/voices

Each voice is a float32 array (510, 256): a style vector per length of the phoneme text. It is kept as float16 (largest
error 0.001 of values within 3.1, which is not heard) in one compressed NPZ. The vocabulary is the one that hibari-tts
ships, which is Kokoro's own.
"""

import io
import json
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np  # noqa: TID253

CATALOGUE = "catalogue.json"


def main(source: Path, target: Path) -> None:
    catalogue = json.loads((target / CATALOGUE).read_text(encoding="utf-8"))
    with zipfile.ZipFile(target / "kokoro.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for voice in catalogue["voices"]:
            if voice["engine"] != "kokoro":
                continue
            styles = np.fromfile(source / f"{voice['id']}.bin", "<f4").reshape(510, 256)
            raw = io.BytesIO()
            np.save(raw, styles.astype("<f2"))
            archive.writestr(zipfile.ZipInfo(f"{voice['id']}.npy"), raw.getvalue(), zipfile.ZIP_DEFLATED, 9)
    hibari = find_spec("hibari")
    assert hibari is not None and hibari.origin is not None
    vocabulary = json.loads((Path(hibari.origin).parent / "assets" / "vocab.json").read_text(encoding="utf-8"))
    text = json.dumps(vocabulary, ensure_ascii=False, indent=0, sort_keys=True)
    (target / "vocabulary.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
