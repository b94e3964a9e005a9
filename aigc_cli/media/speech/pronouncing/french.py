"""French sounds: rules from letters, lists of words that keep or drop their last letters, elision and liaison.

Rules after Fouché, Traité de prononciation française, and the lists of silent letters in Grevisse, Le bon usage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aigc_cli.media.speech.pronouncing.spelling import scan, table
from aigc_cli.media.speech.pronouncing.spelling import words as listed

_V = "aeiouyàâäéèêëîïôöùûüœæ"
_N = rf"(?![{_V}nmh])"
_RULES = table(
    ("sch|sh|ch(?=[^rlntm])|ch\\Z", "ʃ"),
    ("ch", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("gn", "ɲ"),
    (f"qu(?=[{_V}])|q|ck|k", "k"),
    ("cc(?=[eiéèêy])", "ks"),
    ("sc(?=[eiéèêîy])|ç", "s"),
    ("c(?=[eiéèêîy])", "s"),
    ("c+", "k"),
    ("gg(?=[eé])", "ɡʒ"),
    ("ge(?=[aoâô])|g(?=[eiéèêîy])", "ʒ"),
    ("gu(?=[eiéèêîy])|g+", "ɡ"),
    ("j", "ʒ"),
    ("h", ""),
    ("(?<=[aeiouy])ss|ss", "s"),
    (f"(?<=[{_V}])s(?=[{_V}])", "z"),
    ("s", "s"),
    ("(?<![a-zà-ÿ])ex(?=[aeiouéèêy])", "ɛɡz"),
    ("(?<![a-zà-ÿ])exh(?=[aeiou])", "ɛɡz"),
    ("xc(?=[eéi])", "ks"),
    ("x", "ks"),
    ("t(?=ion)(?<!st)(?<!xt)|t(?=ie(?:ux|l|n[tc]))|t(?=ia[lt])", "s"),
    ("tt|t", "t"),
    ("w", "w"),
    ("eaux?|aux?", "o"),
    ("œu(?=[fvrl])|œ(?=u?[fvrl])u?|eu(?=[rlfvpbn](?:[aeiouy]|$|[lr])?)(?!r?e?se)|ueil?l?", "œ"),
    ("œu|eu|eû", "ø"),
    ("œ", "e"),
    ("ouille|ouill", "uj"),
    ("oui", "wi"),
    ("oue(?=r)", "u"),
    ("oyi|oy(?=[aeéiou])", "waj"),
    (f"oin{_N}", "wɛ̃"),
    ("o[iî]|oy", "wa"),
    ("où|oû|ou(?=[^aeiouyéè]|$|e$|es$|ez$|ent$)", "u"),
    ("ou(?=[aeiouyéè])", "w"),
    (f"(?:aim|ain|ein|eim){_N}", "ɛ̃"),
    (f"(?:ien){_N}", "jɛ̃"),
    (f"éen{_N}", "eɛ̃"),
    ("aill|ail", "aj"),
    ("eill|eil", "ɛj"),
    ("euill|euil", "œj"),
    ("(?<=v)ille|(?<=m)ille|(?<=tranqu)ille", "il"),
    ("(?<=v)ill(?=[ai])|(?<=m)illi|(?<=b)illi(?=on)", "ilj"),
    ("(?<=[a-zà-ÿ])ill", "ij"),
    ("ai(?=s|t|e|$)|aî|ay$|[eè]y$|ei|aie|ai", "ɛ"),
    ("ay(?=[aeéiou])", "ɛj"),
    (f"(?:[ae]m(?=[bp])|am{_N}|em{_N}|[ae]n{_N})(?!$(?<=am))", "ɑ̃"),
    (f"(?:im(?=[bp])|in{_N}|ym(?=[bp])|yn{_N}|ïn{_N}|în{_N})", "ɛ̃"),
    (f"(?:om(?=[bpt])|on{_N}|om$)", "ɔ̃"),
    (f"(?:um(?=[bp])|un{_N}|um(?=ble))", "œ̃"),
    ("um$", "ɔm"),
    ("nn|n", "n"),
    ("mm|m", "m"),
    ("ll|l", "l"),
    ("rr|r", "ʁ"),
    ("pp|p", "p"),
    ("bb|b", "b"),
    ("dd|d", "d"),
    ("ff|f", "f"),
    ("v", "v"),
    ("zz|z", "z"),
    ("é|er$(?<=_)", "e"),
    ("[èêë]", "ɛ"),
    ("e(?=mm[a])", "a"),
    ("e(?=([bcdfglmnprstz])\\1)", "ɛ"),
    ("e(?=[lrscxptgf][bcdfgjklmnpqstvxz]|x|[rlcfp]$|[st]$)", "ɛ"),
    ("e(?=[bcdfgkpqtv][lr])", "ə"),
    ("e", "ə"),
    ("[àâa]", "a"),
    ("ies?$", "i"),
    (f"i(?=[{_V}])", "j"),
    ("[iîï]", "i"),
    ("y(?=[aeiouéè])", "j"),
    ("y", "i"),
    ("ô|o(?=$|se|s$|t$|tion|ts$)", "o"),
    ("[oö]", "ɔ"),
    ("ui", "yi"),
    ("[uùûü]", "y"),
    ("æ", "e"),
)
_SPOKEN = dict(
    pair.split("=")
    for pair in listed("""
    les=le des=de mes=me tes=te ses=se ces=se et=e est=ɛ es=ɛ de=də le=lə ne=nə me=mə te=tə se=sə ce=sə je=ʒə que=kə à=a y=i a=a
    as=a un=œ̃ une=yn deux=dø trois=tʁwa cinq=sɛ̃k six=sis sept=sɛt huit=yit neuf=nœf dix=dis vingt=vɛ̃ cent=sɑ̃ cents=sɑ̃
    mille=mil onze=ɔ̃z dix-sept=disɛt dix-huit=dizyit dix-neuf=diznœf soixante=swasɑ̃t million=miljɔ̃ millions=miljɔ̃
    milliard=miljaʁ milliards=miljaʁ monsieur=məsjø messieurs=mesjø madame=madam femme=fam femmes=fam second=səɡɔ̃ seconde=səɡɔ̃d
    secondes=səɡɔ̃d ville=vil villes=vil tous=tus tout=tu plus=ply moins=mwɛ̃ mars=maʁs août=ut fils=fis os=ɔs sens=sɑ̃s ours=uʁs
    bus=bys virus=viʁys campus=kɑ̃pys hier=jɛʁ mer=mɛʁ fer=fɛʁ cher=ʃɛʁ hiver=ivɛʁ enfer=ɑ̃fɛʁ amer=amɛʁ super=sypɛʁ laser=lazɛʁ
    est-ce=ɛs client=klijɑ̃ clients=klijɑ̃ eu=y eut=y eue=y aujourd'hui=oʒuʁdyi quelqu'un=kɛlkœ̃ oignon=ɔɲɔ̃ automne=otɔn
    album=albɔm maximum=maksimɔm minimum=minimɔm nord=nɔʁ sud=syd ouest=wɛst net=nɛt nets=nɛt but=byt brut=bʁyt direct=diʁɛkt
    correct=kɔʁɛkt exact=ɛɡzakt impact=ɛ̃pakt contact=kɔ̃takt concept=kɔ̃sɛpt internet=ɛ̃tɛʁnɛt ticket=tikɛ budget=bydʒɛ gaz=ɡaz
    quiz=kwiz chez=ʃe nez=ne assez=ase riz=ʁi pays=pei paysage=peizaʒ abbaye=abei yeux=jø œil=œj œufs=ø œuf=œf bœufs=bø temps=tɑ̃
    corps=kɔʁ printemps=pʁɛ̃tɑ̃ longtemps=lɔ̃tɑ̃ prix=pʁi voix=vwa paix=pɛ choix=ʃwa croix=kʁwa dollar=dɔlaʁ dollars=dɔlaʁ
    euro=øʁo euros=øʁo europe=øʁɔp paris=paʁi louis=lwi heureux=øʁø heureuse=øʁøz heure=œʁ heures=œʁ fait=fɛ faits=fɛ quand=kɑ̃
    dans=dɑ̃ en=ɑ̃ bien=bjɛ̃ rien=ʁjɛ̃ chien=ʃjɛ̃ examen=ɛɡzamɛ̃ moyen=mwajɛ̃ européen=øʁɔpeɛ̃ européenne=øʁɔpeɛn citoyen=sitwajɛ̃
    lyon=ljɔ̃ marseille=maʁsɛj bordeaux=bɔʁdo scientifique=sjɑ̃tifik scientifiques=sjɑ̃tifik science=sjɑ̃s sciences=sjɑ̃s
    patient=pasjɑ̃ patients=pasjɑ̃ patience=pasjɑ̃s week-end=wikɛnd marketing=maʁkətiŋ parking=paʁkiŋ smartphone=smaʁtfɔn
    design=dizajn club=klœb film=film films=film podcast=pɔdkast faisons=fəzɔ̃ faisait=fəzɛ où=u ou=u non=nɔ̃ nom=nɔ̃ noms=nɔ̃
    hui=yi lui=lyi suis=syi puis=pyi fois=fwa mois=mwa deuxième=døzjɛm sixième=sizjɛm dixième=dizjɛm chaos=kao écho=eko
    orchestre=ɔʁkɛstʁ technique=tɛknik technologie=tɛknɔlɔʒi tennis=tenis vis=vis gratis=ɡʁatis oasis=oazis jadis=ʒadis maïs=mais
    atlas=atlas hélas=elas cactus=kaktys bonus=bɔnys focus=fɔkys tabac=taba blanc=blɑ̃ blancs=blɑ̃ franc=fʁɑ̃ francs=fʁɑ̃ banc=bɑ̃
    porc=pɔʁ estomac=ɛstɔma clef=kle galop=ɡalo coup=ku trop=tʁo beaucoup=boku champ=ʃɑ̃ champs=ʃɑ̃ drap=dʁa sirop=siʁo loup=lu
    outil=uti fusil=fyzi persil=pɛʁsi gentil=ʒɑ̃ti sourcil=suʁsi compte=kɔ̃t comptes=kɔ̃t compter=kɔ̃te sculpture=skyltyʁ
    baptême=batɛm septième=sɛtjɛm damner=dane condamné=kɔ̃dane euh=ø ah=a oh=o eh=e ok=oke aux=o au=o eau=o eaux=o haut=o hauts=o
    haute=ot hautes=ot œuvre=œvʁ sœur=sœʁ cœur=kœʁ wi-fi=wifi app=ap email=imɛl web=wɛb cool=kul look=luk stock=stɔk hibou=ibu
    zoom=zum shopping=ʃɔpiŋ start-up=staʁtœp jean=dʒin bé=be cé=se dé=de gé=ʒe pé=pe té=te vé=ve ji=ʒi ka=ka ku=ky ache=aʃ effe=ɛf
    elle=ɛl emme=ɛm enne=ɛn erre=ɛʁ esse=ɛs ixe=iks zède=zɛd
    """)
)
# Words in -ent that are no verbs: their ending is heard.
_NASAL_ENT = frozenset(
    listed("""
    vent argent agent accent accident talent parent absent présent client moment président patient récent différent excellent content
    lent dent cent urgent évident fréquent permanent violent innocent équivalent résident continent ingrédient incident élément document
    monument instrument vêtement aliment ciment régiment segment argument sergent étudient orient occident précédent prudent intelligent
    transparent adhérent compétent influent efficient conscient quotient gradient torrent couvent souvent auvent convent pertinent
    éminent imminent adolescent convalescent décent indécent indulgent négligent divergent convergent contingent détergent dépend rend
    """)
)
_VERB_MENT = frozenset(
    listed("""
    aiment forment dorment nomment affirment confirment transforment consomment expriment estiment ferment informent animent impriment
    suppriment résument programment entament réclament proclament filment allument fument arment calment dépriment rythment experiment
    légitiment victiment
    """)
)
_KEPT_T = frozenset(
    listed("""
    net brut direct correct exact intact impact contact fact strict district verdict huit sept but mat dot chut est
    """)
)
_UNSTRESSED = frozenset(
    listed("""
    le la les un une des du de l' d' à au aux en dans par pour sur sous avec sans et ou mais que qui qu' ne se me te ce cet cette ces
    mon ton son ma ta sa mes tes ses notre votre leur leurs nos vos je tu il elle on nous vous ils elles y est a ont si plus très
    """)
)
# After these a silent consonant is heard before a vowel.
_LIAISON = {
    word: consonant
    for consonant, found in (
        (
            "z",
            "les des mes tes ses ces nos vos leurs aux deux trois dix six nous vous ils elles dans sans sous chez très plus quels quelles",
        ),
        ("z", "plusieurs autres grands petits bons nouveaux premiers certains différents cents"),
        ("n", "un mon ton son on en bien rien aucun"),
        ("t", "est ont sont quand petit grand cet vingt tout fait était étaient huit"),
    )
    for word in found.split()
}
_ASPIRATED = re.compile(
    "(?:haut|hauss|hasard|héros|huit|onze|oui|hors|honte|haine|halle|handicap|hamac|hanche|hangar|haricot|harcel|hibou|hiérarch|hockey"
    "|hollande|homard|hongr|hurl|hutte|yaourt|yacht|yoga|ouistiti|hall|hamster|hacker|hardi|harpe|hâte|heurt|houle|housse)"
)
_DIGITS = frozenset(["deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"])
_BEGINS_VOWEL = re.compile(rf"h?[{_V}]")
_VOWEL_SOUND = "aeiouyøœəɛɔɑɐ"


def _ending(word: str) -> str:
    """The word without the letters at its end that are not heard, `_` where an e is to be é."""
    if word in _NASAL_ENT or (word.endswith("s") and word[:-1] in _NASAL_ENT):
        return re.sub("nts?$", "n", word)
    if re.search("ments?$", word) and word not in _VERB_MENT:
        return re.sub("nts?$", "n", word)
    if len(word) > 4 and re.search("[^aeiouy]ent$|[iuyo]ent$|gnent$|quent$|guent$", word):
        word = re.sub("ent$", "e", word)
    if re.search("[aeiou]ment$", word) is None and len(word) > 2:
        if re.search(r"(?:ier|er)s?$", word) and len(word) > 3:
            return re.sub("ers?$", "é", word)
        if re.search("ez$", word):
            return re.sub("ez$", "é", word)
        if re.search("ets?$", word):
            return re.sub("ets?$", "è", word)
    if word.endswith("aient"):
        return word[:-5] + "ai"
    if re.search("[^aeiouyéèêàâîôû]es$", word) and len(word) > 3:
        word = word[:-1]
    if word in _KEPT_T:
        return word
    before = None
    while before != word and len(word) > 2:
        before = word
        word = re.sub("(?<=[^s])s$|[xzp]$|(?<=[aeiouyéèêàâîôûlnr])[td]$|(?<=n)[cg]$|(?<=r)[cdg]$(?<!arc)(?<!urc)", "", word)
        if before.endswith(("x", "p", "t", "d", "g", "c")):
            break
    return word


def word_sound(word: str) -> str:
    """The sound of a word by itself."""
    known = _SPOKEN.get(word)
    if known is None:
        if word.endswith("s") and word[:-1] in _SPOKEN and len(word) > 4:
            known = _SPOKEN[word[:-1]]
        else:
            known = scan(_ending(word), _RULES)
            if len(word) > 2 and word.endswith(("e", "es", "ent")) and known.endswith("ə"):
                known = known[:-1]
            known = _mute(known)
    return known


def _mute(sound: str) -> str:
    """Without the e that nobody says: between two single consonants within a word."""
    single = rf"(?<=[{_VOWEL_SOUND}\u0303][bdfɡklmnpʁstvzʃʒ])ə(?=[bdfɡkmnpstvzʃʒl][{_VOWEL_SOUND}])"
    return re.sub(single, "", sound)


def _stressed(sound: str) -> str:
    """The stress on the last vowel."""
    places = [match.start() for match in re.finditer(rf"[{_VOWEL_SOUND}](?!$(?<=ə))", sound)]
    if not places:
        return sound
    place = places[-1]
    return f"{sound[:place]}ˈ{sound[place:]}"


def _parts(word: str) -> list[str]:
    """Elided and hyphenated parts: `l'eau` is l' and eau."""
    if word in _SPOKEN:
        return [word]
    return [part for part in re.split(r"(?<=')", word) if part]


def phrase(words: Sequence[str], language: str = "fr") -> list[str]:
    """The sounds of a phrase with its liaisons; the consonant joins the word that it comes from."""
    del language
    found = []
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        is_open = bool(following and _BEGINS_VOWEL.match(following) and not _ASPIRATED.match(following))
        parts = _parts(word)
        sound = ""
        for part in parts:
            if part.endswith("'"):
                sound += scan(part[:-1], _RULES)
                continue
            plain = word_sound(part)
            sound += plain if part in _UNSTRESSED else _stressed(plain)
        last = parts[-1] if parts else ""
        if is_open and last in _LIAISON and not (last == "plus" and following in ("a", "à", "et", "ou")):
            link = _LIAISON[last]
            if not sound.endswith(link):
                sound = sound.removesuffix("s") + link
        elif last == "dix" and following in ("huit", "neuf"):
            sound = sound[:-1] + "z"
        elif following and not is_open and last in ("six", "dix") and following not in ("pour", "virgule", "sept"):
            sound = sound.removesuffix("s")
        elif following and not is_open and last == "huit":
            sound = sound.removesuffix("t")
        elif last == "vingt" and following in _DIGITS and (not index or words[index - 1] != "quatre"):
            sound += "t"
        elif last == "neuf" and following in ("heures", "heure", "ans"):
            sound = sound[:-1] + "v"
        elif last == "tous" and following in ("les", "ces", "mes", "ses", "nos", "vos"):
            sound = sound.removesuffix("s")
        found.append(sound)
    return found
