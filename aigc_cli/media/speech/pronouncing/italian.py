"""Italian sounds. Where the stress falls is not written but on a last vowel: by endings, then a list of common words.

Rules after Canepari, Manuale di pronuncia italiana. Whether a stressed e or o is open is mostly guessed: no word is missed for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aigc_cli.media.speech.pronouncing.spelling import endings, mark, nuclei, scan, table
from aigc_cli.media.speech.pronouncing.spelling import words as listed

_V = "aeiouàèéìíòóùú"
_RULES = table(
    ("gli(?=ˈ?[aeouàèéòóù])", "ʎ"),
    ("gl(?=ˈ?[iì](?![a-z]*(?:cer|fo|coge)))", "ʎ"),
    ("gn", "ɲ"),
    ("sci(?=ˈ?[aouàòù])|sci(?=ˈ?e(?:n|$))|sc(?=ˈ?[eiéèì])", "ʃ"),
    ("cci(?=ˈ?[aouàòù])|cc<ei>", "ʧː"),
    ("ci(?=ˈ?[aeouàèòù])|c<ei>", "ʧ"),
    ("ggi(?=ˈ?[aouàòù])|gg<ei>", "ʤː"),
    ("gi(?=ˈ?[aouàòù])|g<ei>", "ʤ"),
    ("cch", "kː"),
    ("cqu", "kːw"),
    ("ch|ck|k", "k"),
    ("cc", "kː"),
    ("c?qu(?=ˈ?[aeiouàèéìòó])", "kw"),
    ("[cq]", "k"),
    ("ggh", "ɡː"),
    ("gh", "ɡ"),
    ("gg", "ɡː"),
    ("gu(?=ˈ?[aeioàèéìòó])", "ɡw"),
    ("g", "ɡ"),
    ("zz(?=[aeiouˈ]*(?:ero|eri|ari))", "ʣ"),
    ("zz", "ʦː"),
    ("(?<![^\\W\\d_])z", "ʣ"),
    ("z", "ʦ"),
    ("ss", "S"),
    ("(?<=[aeiou])s(?=ˈei)", "s"),
    (f"(?<=[{_V}])s(?=ˈ?[{_V}])", "z"),
    ("s(?=[bdgvmnlr])", "z"),
    ("s", "s"),
    ("ph", "f"),
    ("h", ""),
    ("rr", "rː"),
    ("r", "r"),
    ("x", "ks"),
    ("w", "w"),
    ("([bdflmnptv])\\1", "\\1ː"),
    *((letter, letter) for letter in "bdflmnptv"),
    ("j|y", "j"),
    (f"(?<!ˈ)i(?=ˈ?[{_V}])", "j"),
    (f"(?<!ˈ)u(?=ˈ?[{_V}])", "w"),
    ("(?<=ˈ)ai", "I"),
    ("(?<=ˈ)ei", "A"),
    ("(?<=ˈ)au", "W"),
    ("[aà]", "a"),
    ("è|(?<=iˈ)e|(?<=ˈ)e(?=(?:ll[oaie]|nz[ae]|nt[ei]|rr[ae]|rt[oaie]|st[oaie]|mp[oi]|rs[oaie]|cc|ss[oa]?|nd[oae])\\b)", "ɛ"),
    ("(?<=ˈ)e(?=[^aeiou]+[aeiou][^aeiou]+[aeiou])", "ɛ"),
    ("[eé]", "e"),
    ("ò|(?<=uˈ)o|(?<=ˈ)o(?=(?:rt[oaie]|st[oaie]|tt[oaie]|gg[oia]|cc|ll[oaie]|v[aei])\\b)", "ɔ"),
    ("(?<=ˈ)o(?=[^aeiou]+[aeiou][^aeiou]*[aeiou])", "ɔ"),
    ("[oó]", "o"),
    ("[iìí]", "i"),
    ("[uùú]", "u"),
)
_NUCLEUS = re.compile(
    "(?P<v>[àèéìíòóùú]|[aeo]|(?<![aeoàèò])[iu](?![aeiouàèéìòóù])|(?<=u)i(?![aeo])|(?<=i)u(?![aeo])|(?<![qg])u(?=i(?![aeo])))"
)
# Endings whose stress lies on the third vowel from the end.
_EARLY = endings(
    listed("""
    abile abili ibile ibili evole evoli issimo issima issimi issime esimo esima esimi esime logo loga grafo grafa grafi metro
    metri metra tico tica tici tiche nico nica nici niche lico lica lici liche rico rica rici riche mico mica mici miche fico fica
    fici fiche sico sica sici siche gico gica gici giche cico dico dica dici diche ssero assimo essimo ebbero irono arono erono
    ivano avano evano assero essero isero cono gono rono tono vono pono dono lono virgola virgole lavorano parlano portano trovano
    arrivano restano mancano passano costano aiutano usano pensano aspettano diventano mostrano iniziano cambiano giocano guardano
    amano cercano entrano tornano abitano possono devono vogliono rapido rapida rapidi timido solido valido umido liquido candido
    splendido lucido nitido facile facili difficile difficili simile simili utile utili mobile mobili immobile fertile udine udini
    agine agini igine igini aggine ordine ordini termine termini uomini giovane giovani secolo secoli popolo popoli piccolo
    piccola piccoli piccole singolo singola singoli singole articolo articoli veicolo veicoli spettacolo spettacoli angolo angoli
    titolo titoli capitolo pericolo pericoli tavolo tavoli regola regole favola isola isole pubblico pubblica classico storico
    medico medici unico unica logica musica fabbrica domenica america africa repubblica politica subito fegato sabato ultimo
    ultima ultimi ultime prossimo prossima massimo massima minimo minima ottimo ottima primissimo numero numeri camera camere
    lettera lettere opera opere tempera libero libera liberi genere generi tenero cenere vipera zucchero vendere leggere scrivere
    prendere perdere vivere mettere essere chiedere chiudere correre credere crescere conoscere nascere rispondere scegliere
    spendere spegnere accendere ridere decidere dividere uccidere scendere rendere attendere difendere offendere vincere rompere
    stringere spingere dipingere aggiungere raggiungere permettere promettere smettere ammettere battere cadono epoca macchina
    macchine pagina pagine immagine immagini origine margine vergine femmina lampada lampade anima anime attimo attimi lacrima
    centesimo battesimo tessera tessere maschera polvere albero alberi povero povera compito debito credito merito spirito limite
    limiti abito abiti visita visite nascita crescita vendita vendite perdita perdite tecnologico economico economica energetico
    fantastico simpatico pratico pratica magico tipico tipica chimico chimica fisico fisica automatico elettrico elettrica undici
    dodici tredici quattordici quindici sedici possibile incredibile comodo comoda comodi metodo stomaco indice codice codici
    giudice complice semplice semplici vertice camice scatola scatole pillola pillole bussola bambola pentola pentole fragola
    fragole mandorla ciotola ciotole nuvola nuvole tavola tavole principe principi passero rovere cellula cellule formula formule
    anatra telefono telefoni microfono semaforo diavolo cavolo stipite ospite ospiti debole deboli nobile nobili automobile
    automobili napoli genova modena padova mantova taranto brindisi cagliari trapani bergamo rimini pesaro otranto tevere
    """)
)
# Words that end like those and are stressed on the last vowel but one.
_LATE = frozenset(
    listed("""
    amico amica amici amiche nemico nemica nemici antico antica antichi antiche fatica mattone dono sono buono suono tuono perdono
    trono abbandono colono pieno modo vedere avere potere volere dovere sapere piacere valere cadere sedere tenere rimanere
    sembrare formica ortica vescica rubrica mendico dico dica dici diche vanno hanno stanno fanno danno anno felice radice condono
    telefonino
    """)
)
_LAST_BUT_ONE = frozenset(
    listed("""
    sei due ventisei trentasei quarantasei cinquantasei sessantasei settantasei ottantasei novantasei due poi noi voi lei lui mai
    """)
)
_FOREIGN_EARLY = frozenset(
    listed("""
    gratis smartphone tablet computer online internet marketing lapis virus campus
    """)
)
_UNSTRESSED = frozenset(
    listed("""
    il lo la i gli le l un uno una un' di a da in con su per tra fra e ed o od ma che non se si mi ti ci vi ne del dello della dei
    degli delle dell al allo alla ai agli alle all dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla
    sui sugli sulle è ho ha
    """)
)
_HIATUS = endings(("ia", "ie", "io", "ii"))
_STRESSED_I = endings(
    listed("""
    ogia ogie omia omie eria erie afia afie ofia atia mania via vie zio zii mio mia miei sia energia energie allergia strategia
    strategie sinergia lombardia turchia fantasia compagnia compagnie poesia malattia garanzia garanzie democrazia burocrazia
    farmacia pizzeria follia gelosia magia nostalgia periferia batteria batterie autonomia economia ecologia terapia terapie
    simpatia trattoria trattorie libreria maria sofia addio leggio
    """)
)


def _stress(word: str) -> int | None:
    """The place of the stressed vowel."""
    written = re.search("[àèéìíòóùú]", word)
    if written:
        return written.start()
    if word in _LAST_BUT_ONE:
        return len(word) - 2
    bare = re.sub("(?<=q)u|(?<=g)u(?=[aeio])|(?<=[cg])i(?=[aou])|(?<=sc)i(?=[eaou])|(?<=gl)i(?=[aeou])", "_", word)
    if _STRESSED_I.search(word) and _HIATUS.search(word):
        return len(word) - 2
    places = nuclei(bare, _NUCLEUS)
    if not places:
        return None
    if len(places) == 1:
        return places[0]
    if word[-1] not in "aeiou" and word not in _FOREIGN_EARLY:
        return places[-1]  # a word from abroad
    if word.endswith("mente") and len(places) > 2:
        return places[-2]
    if len(places) > 2 and word not in _LATE and _EARLY.search(word):
        return places[-3]
    return places[-2]


def phrase(words: Sequence[str], language: str = "it") -> list[str]:
    """The sounds of a phrase. A word that ends in an apostrophe, or holds one, is stressed in its last part."""
    del language
    found = []
    for word in words:
        head, mark_of, tail = word.rpartition("'")
        if not tail:
            head, tail, mark_of = "", head, ""
        plain = tail if tail in _UNSTRESSED else mark(tail, _stress(tail))
        found.append((scan(head, _RULES) if mark_of else "") + scan(plain, _RULES))
    return found
