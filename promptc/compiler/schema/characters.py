"""Characters: tables of Unicode 18.0.0, so that an answer never depends on the Python that asks.

    code point -> [characters] -> assigned or not, script, which ASCII letter it looks like

The tables were made once, from the packages unicodedata2 18.0.0 (general categories), fontTools (Scripts.txt of 18.0.0)
and confusable_homoglyphs (confusables.txt, letters and digits that look like one ASCII letter or digit). Ranges are
packed as base-36 steps from the end of the range before: `start` or `start+length`. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache

UNICODE_VERSION = "18.0.0"

_UNASSIGNED = (
    "oo+1 7+3 8 2 l b2 13 1l 1m+5 s+3 7+a 7j 1p+1 2u+d 1o+1 1e+1 g t+1 2 c+4 z+4 6m 9+1 3+1 n 8 2+2 5+1 "
    "a+1 3+1 5+7 2+3 3 6+1 q+1 4 7+3 3+1 n 8 3 3 3+1 2 6+3 3+1 4+2 2+6 5 2+6 i+9 4 a 4 n 8 3 6+1 b 4 4+1 "
    "2+e 5+1 d+6 8 4 9+1 3+1 n 8 3 6+1 a+1 3+1 4+4 6+3 3 6+1 j+9 3 7+2 4 5+2 3 2 3+2 3+2 4+2 d+3 6+2 4 "
    "5+1 2+5 2+d m+4 e 4 o h+1 a 4 5+6 3 4 3+1 5+1 b+6 n 4 o b 6+1 a 4 5+6 3+4 4 5+1 b 4+b e 4 1g 4 7+3 "
    "h+1 r 4 j+2 p a 2+1 8+2 2+3 7 2 9+5 b+1 4+b 1n+3 u+10 3 2 6 p 2 o+1 6 2 8 b+1 5+v 21 11+3 14 11 g "
    "e+10 5j 2+4 2+1 ai 5+1 8 2 5+1 16 5+1 y 5+1 8 2 5+1 g 1m 5+1 1w+1 x+2 r+5 2f+1 7+1 im+2 2i+6 n+8 p+8 "
    "l+b e 4 3+b 2n+1 b+5 b+5 r+5 2i+6 18+4 1z+9 w d+3 d+3 2+2 17+1 6+a 19+3 r+5 c+2 1r+1 1u u+1 c+5 b+5 "
    "f+1 1u+e 26 4n+7 1p+2 g+2 1r+4 18+1 c+7 18+4 ev+1 7+1 13+1 7+1 9 2 2 2 w+1 1i g f+1 7 k+1 4 a 2u d+1 "
    "2a+a y+e 3x+3 ij+l c+k 1ed+1 an+4 1a 2+4 2+1 1l+6 3+d p+8 8 8 8 8 8 8 8 8 3j+1 5+r r 2i+b 5z+p 29 "
    "2f+1 2w+4 18 2n 2f+8 1d mlq+2 1k+8 9p+j 55+7 67+3 2+d 1p+2 b+5 1l+7 1z+7 d+5 39+a v+2 27 c+3 y 1k+8 "
    "f+1 b+1 2w+n t+9 7+1 7+1 7+8 8 8 1r+1 3j+1 b+5 8md+b o+3 1e+3 6sv+1 2z+11 8+b 6+4 r 6 2 3 3 k5+5 1g "
    "k 5+3 6 3s+1 2 5b+2 7+1 7+1 7+1 4+2 8 8+9 k r k 3 g+1 f+x 3g+4 4+3 1a+2 2h e+2 2+1a 1b+3l u+2 1e+e "
    "t+3 11+8 v+4 18+4 v 12+3 f+15 4f+1 b+5 11+3 11+3 15+7 1h+a d g 8 3 c g 8 3+2 1h+b 8o+8 n+9 9+n 7 17 "
    "f+1r 7+1 2 19 3+2 2+1 o 21+7 a+1b k 3+4 y+2 s+4 s+11 1l+3 l+1 1f 3+4 9 4 u+1 4+3 b+6 a+6 1t+v 14+3 "
    "d+8 1j+2 u+1 s+4 r+6 5+b 8+27 22+1i 1g+c 1g+6 1b+7 b+5 13+2 u+7 3+5r w 17 4+1 3+f 7 13 1l+7 17+l "
    "r+11 t+j o+8 27+3 11+8 1x+9 2+1 q+6 b+5 1i j+7 14+8 2p l+a j 1c+1p 8 2 5 g c+5 1o+4 b+5 5 9+1 3+1 n "
    "8 3 6 b+1 3+1 4+1 2+5 2+4 8+1 8+2 6+a b 2+1 2 13 b 2+1 2 5 b 3+7 3+s 2l 6+t 21+7 b+4l 1j+1 13+x 1y+a "
    "b+5 e+i 1n+5 b+5 l+r s+1 g+3 o+54 1p+2r 2c+b 9+1 2+1 9 3 v 3+1 d+8 b+1x 9+1 1b+1 c+q 21+7 2c+c 22+6 "
    "c+2c 9+2f z+d b+5 a 1a f+9 u+2 x+1 n f+20 8 3 19+2 2 3 a+7 b+5 7 3 12 3 7+6 b+5 19+3 b+5 3+6l q+6 i "
    "16+2 u+2c 2+e 1f+c po+2t 91+b 8o+1s8 2s+c uv+9 330+4 g8+5a0 1n+1c5 fu+6 w b+3 2a b+5 v+1 7+9 1z+9 b "
    "8 m+4 k+bz 1n+5h 2k+4 q+1 q+17 24+3 1m+6 i+1r 6+a 8+8 5p8+z z+2m 38+c pf+d 1g+5y4 5 8 3 8a+8 2+s 4+1 "
    "2+d 6+6 b1+1s3 30+4 e+2 a+6 b+1 9+317 72+2 c5+5 o 4+7 y+1 1b+1 o+8 39+1n 6v+9 93+9 1f+1p l+b l+b "
    "2g+8 q+3q 2e 20 3+1 2+1 3+1 5 d 2 8 1u 5+1 9 8 t 5 6 2+2 8 9i 85+1 jj+e 6 g+27 u+rm 3n+d 8+1h 1n i+1 "
    "8 3 6+4 1r+w 2+33 1a+2 f+1 b+3 3+8v w+g 1n+4 2+cv 17+5x 18+3 2+5b w n+7 3+67 8 5 3 g 5i+1 h+14 25+3 "
    "b+3 3+ls 1x+23 1q+5d 5 s 3 2+1 2 b 5 2 2+5 2+3 2 2 2 4 3 2+1 2 2 2 2 2 3 2+1 5 8 5 5 2 b i+4 4 6 "
    "i+1f 3+7h 19+3 2t+b g+1 g g 12+9 4w+1i u+c 19+3 a+6 3+d 7+49 rf+1 i+2 e+2 65+3 d+3 t+3 1l+7 b+5 15+7 "
    "v+1 d+3 3+d a+12 9l+7 f+1 e+2 20 2+2 j e+2 d+4 44 2w+si wyr+v 3ds 4gf+1 5rm+e hb+1wh f3+15r 3ta+4 "
    "6jv+upx 8qp+ql 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3+1ekd 3 2+t 2p+3j "
    "6p+1e6l "
)

_LATE = (
    "120 1f+1 1o+1 jy 3lk+x 14d+2 qqa ijc 9 8 a d3+4 14a+4 9q+4 x+b 2+2 w3+3 6 3 2+1 13 3 7 3 2+2 5+2 "
    "29d+1 d0c+b 6 2es 4+3 ddl+3 5gw+z tq+1 88+2 9+1 3 x+1 th 1rj 1k+1e 1d+1p y v1+3 73+1 6s 3 8+1 6 "
)

_SCRIPTS = (
    "Adlm 2olc+2h; Aghb 1flc+1f; Ahom 1j40+1y; Arab 174+6n 29+1b 6p+3z 1bv5+iz 39+3w 31g+u 1w+1p 181t+57; "
    "Armi 1g74+v; Armn 10x+2j 1chz+4; Avst 1gqo+1h; Bali 5c0+37; Bamu www+29 124v+fs; Bass 1zo0+10; Batk "
    "5hc+1f; Beng 1vk+3i 1iia+1; Berf 20f4+1f; Bhks 1k3k+30; Bopo 9ol+16 35+v; Brah 1hq8+3j; Bugi 54w+r; "
    "Buhd 4lc+j; Cakm 1hxc+1z; Cans 3y9+hq fl+1x 1ewr+f; Cari 1f34+1c; Cham xkw+2h; Cher 3vk+2l twz+27; "
    "Chrs 1ho0+r; Copt rm+d 80h+3h; Cpmn 1nyo+2o; Cprt 1g5c+1r; Cyrl sg+8f 4lt+a 4h 25 38o+v nr5+2n han+1 "
    "18n5+2n; Deva 1s0+3j vhd+v miz; Diak 1ji8+2h; Dogr 1jb4+1m; Dsrt 1fcw+27; Dupl 2fpc+4e; Egyp "
    "1o1s+3y2; Elba 1fk0+13; Elym 1hpc+m; Ethi 3k0+b3 54h+2m opv+19 1qk2+u; Gara 1h6o+1x; Geor 3a8+2n "
    "2a9+1b 37l+19; Glag 8ow+2n 2e1t+16; Gong 1kdc+21; Gonm 1kao+2h; Goth 1f74+q; Gran 1ibk+38; Grek "
    "og+35 f+f 4yv+4 1f+4 5+4 2d 8x+70 8a rb3 gyj+23 1587+2 2pb+1; Gujr 22p+3i; Gukh 1xq8+1l; Guru "
    "1z5+38; Hang 3cw+73 5yn+1 76+2l no2+s hw+8or 7tx+1o; Hani 9hh+10 f+3 qt+533 1t+g73 hkx+d5 n4a d+6 "
    "sga+1b31 1wj+f1 15v+ad5; Hano 4kg+k; Hatr 1gbk+v; Hebr 13l+2p 1cff+1e; Hira 9j5+2m 23qa+7y 4 f+w; "
    "Hluw 1s00+g6; Hmng 1zpc+3z; Hmnp 2n0g+26; Hung 1h1c+3j; Ital 1f5s+1b; Java xhc+2h; Jurc 26m8+r6; "
    "Kali xds+19; Kana 9lt+2m 6p+f 14kn+1j ytv+g 80+2 2+4 19+j; Kawi 1kow+2i; Khar 1gjk+20; Khmr 4n4+3d; "
    "Khoj 1i4g+1t; Kits 20o4 5cs+e7; Knda 2gw+37; Krai 205c+1l; Kthi 1hts+1u; Lana 55s+3r; Laoo 2v5+2m; "
    "Latn 1t+ir 55o+11 7+1c 6+3 6+c 2+1x 1u+73 aa+1a 3v+2m 254+v o83+65 mp+1g 2+7 fpv+6 t7+1l 1ly+1r "
    "16ip+6q 3+a; Lepc 5j4+27; Limb 4xs+27; Lina 1fr4+9z; Linb 1ekg+6y; Lisu wk0+19 o8j; Lyci 1f28+s; "
    "Lydi 1gdc+p; Mahj 1hzk+12; Maka 1ko0+m; Mand 1mo+r; Mani 1gow+1b; Marc 1k6q+1w; Medf 20cg+2e; Mend "
    "2oe8+5y; Merc 1ggw+2n; Mero 1gg0+v; Mlym 2kg+3j; Modi 1iww+2h; Mong 4qz+4f; Mroo 1zk0+15; Mtei xr4+m "
    "5m+1l; Mult 1i80+14; Mymr 35s+4d u9v+u 2q+v le9+j; Nagm 2nrk+15; Nand 1jmo+1w; Narb 1gn4+v; Nbat "
    "1g8w+1b; Newa 1iio+2p; Nkoo 1j4+1p; Nshu 20o1 cy7+az; Ogam 4g1+p; Olck 5lc+19; Onao 2nyo+16; Orkh "
    "1gxs+20; Orya 269+3a; Osge 1fhs+23; Osma 1fgg+15; Ougr 1hm8+l; Palm 1g80+v; Pauc 1juo+1k; Pcun "
    "1m08+4j; Perm 1f80+16; Phag x8g+1f; Phli 1gtc+v; Phlp 1gu8+1b; Phnx 1gcg+r; Plrd 20hs+4f; Prti "
    "1gsg+v; Rjng xf4+z; Rohg 1h4w+1l; Runr 4gw+2g; Samr 1kw+19; Sarb 1gm8+u; Saur xa8+2h; Seal 5csg+8qn; "
    "Sgnw 2lmo+4v; Shaw 1ff4+1b; Shrd 1i0w+2k 1vo+7; Sidd 1itc+2l; Sidt 1ge8+p; Sind 1i9c+21; Sinh 2o1+36 "
    "1fce+j; Sogd 1hkg+10; Sogo 1hj4+13; Sora 1hw0+15; Soyo 1jrk+25; Sund 5fk+1r; Sunu 1k1s+1l; Sylo "
    "x6o+18; Syrc 1e8+1r 7l+a; Tagb 4m8+j; Takr 1j0g+21; Tale 500+10; Talu 51c+2i; Taml 29u+34 1iha+k; "
    "Tang 20o0 w+5bz e9+w 2o+36; Tavt xog+2l; Tayo 2o5c+1r; Telu 2dc+3i; Tfng 8xc+27; Tglg 4jk+v; Thaa "
    "1hc+1d; Thai 2rl+2g; Tibt 2yo+5i; Tirh 1im8+2h; Tnsa 1zlc+2h; Todr 1fpc+1f; Tols 1kfk+1l; Toto "
    "2nbk+u; Tutg 1if4+2q; Ugar 1f9c+t; Vaii wlc+8b; Vith 1fn4+24; Wara 1jfk+2n; Wcho 2ncw+1l; Xpeo "
    "1fa8+1h; Xsux 1kw0+pl 2v+br 4l+1m; Yezi 1hfk+1d; Yiii vls+wc; Zanb 1jpc+1z "
)

_LOOKS_LIKE = (
    "2:a75a,1a7,3e8,a644,14bf,a6ef 3:a7ab,21c,1b7,a76a,2ccc,417,4e0,16f3b,118ca 4:13ce,118af 5:1bc,118bb "
    "6:2cd2,431,13ee,118d5 7:104d2,118c6 8:9ea,a6a,223,222,1031a "
    "9:a67,b68,9ed,d6d,a76e,2cca,118cc,118ac,118d6 "
    "a:251,3b1,1d6c2,1d6fc,1d736,1d770,1d7aa,430,391,1d6a8,1d6e2,1d71c,1d756,1d790,410,13aa,15c5 "
    "a:a4ee,16f40,102a0 "
    "b:184,42c,13cf,1472,15af,a7b4,392,1d6a9,1d6e3,1d71d,1d757,1d791,412,13f4,15f7,a4d0,10282,102a1 "
    "b:10301 c:1d04,3f2,2ca5,441,abaf,1043d,118f2,118e9,3f9,2ca4,421,13df,a4da,102a2,10302,10415,1051c "
    "d:501,13e7,146f,a4d2,13a0,15de,15ea,a4d3 "
    "e:ab32,435,4bd,395,1d6ac,1d6e6,1d720,1d75a,1d794,415,2d39,13ac,a4f0,118a6,118ae,10286 "
    "f:ab35,a799,1e9d,584,a798,3dc,1d7ca,15b4,a4dd,118c2,118a2,10287,102a5,10525 "
    "g:261,1d83,18d,581,50c,13c0,13f3,a4d6 "
    "h:4bb,570,13c2,397,1d6ae,1d6e8,1d722,1d75c,1d796,2c8e,41d,13bb,157c,a4e7,102cf "
    "i:131,1d6a4,26a,269,3b9,1fbe,37a,1d6ca,1d704,1d73e,1d778,1d7b2,456,a647,4cf,ab75,13a5,118c3 "
    "j:3f3,458,a7b2,37f,408,13ab,148d,a4d9 "
    "k:39a,1d6b1,1d6eb,1d725,1d75f,1d799,2c94,41a,13e6,16d5,a4d7,10518 "
    "l:6f1,10320,196,1c0,399,1d6b0,1d6ea,1d724,1d75e,1d798,2c92,406,4c0,2d4f,16c1,a4f2,16f28,1028a "
    "l:10309,2cd0,13de,14aa,a4e1,16f16,118a3,118b2,1041b,10526 "
    "m:39c,1d6b3,1d6ed,1d727,1d761,1d79b,3fa,2c98,41c,13b7,15f0,16d6,a4df,102b0,10311 "
    "n:578,57c,39d,1d6b4,1d6ee,1d728,1d762,1d79c,2c9a,a4e0,10513 "
    "o:966,a66,ae6,be6,c66,ce6,d66,e50,ed0,1040,6f5,1d0f,1d11,ab3d,3bf,1d6d0,1d70a,1d744,1d77e,1d7b8 "
    "o:3c3,1d6d4,1d70e,1d748,1d782,1d7bc,2c9f,43e,10ff,585,d20,101d,104ea,118c8,118d7,1042c,9e6,b66 "
    "o:3007,114d0,118e0,39f,1d6b6,1d6f0,1d72a,1d764,1d79e,2c9e,41e,555,2d54,12d0,b20,104c2,a4f3 "
    "o:118b5,10292,102ab,10404,10516 "
    "p:3c1,3f1,1d6d2,1d6e0,1d70c,1d71a,1d746,1d754,1d780,1d78e,1d7ba,1d7c8,2ca3,440,3a1,1d6b8,1d6f2 "
    "p:1d72c,1d766,1d7a0,2ca2,420,13e2,146d,a4d1,10295 q:51b,563,566,2d55 "
    "r:ab47,ab48,1d26,2c85,433,ab81,1a6,13a1,13d2,104b4,1587,a4e3,16f35 "
    "s:a731,1bd,455,abaa,118c1,10448,405,54f,13d5,13da,a4e2,16f3a,10296,10420 "
    "t:3a4,1d6bb,1d6f5,1d72f,1d769,1d7a3,2ca6,422,13a2,a4d4,16f0a,118bc,10297,102b1,10315 "
    "u:a79f,1d1c,ab4e,ab52,28b,3c5,1d6d6,1d710,1d74a,1d784,1d7be,57d,104f6,118d8,54d,1200,104ce,144c "
    "u:a4f4,16f42,118b8 "
    "v:1d20,3bd,1d6ce,1d708,1d742,1d77c,1d7b6,475,11706,aba9,118c0,6f7,474,2d38,13d9,142f,a6df,a4e6 "
    "v:16f08,118a0,1051d w:26f,1d21,461,51d,561,1170a,1170e,1170f,ab83,118ef,118e6,51c,13b3,13d4,a4ea "
    "x:445,1541,157d,10322,118ec,a7b3,3a7,1d6be,1d6f8,1d732,1d76c,1d7a6,2cac,425,2d5d,16b7,a4eb "
    "x:10290,102b4,10317,10527 "
    "y:263,1d8c,28f,1eff,ab5a,3b3,213d,1d6c4,1d6fe,1d738,1d772,1d7ac,443,4af,10e7,118dc,3a5,3d2 "
    "y:1d6bc,1d6f6,1d730,1d76a,1d7a4,2ca8,423,4ae,13a9,13bd,a4ec,16f43,118a4,102b2 "
    "z:1d22,ab93,118c4,102f5,118e5,396,1d6ad,1d6e7,1d721,1d75b,1d795,13c3,a4dc,118a9 "
)


def is_noncharacter(code: int) -> bool:
    """Whether a code point is none of Unicode's characters, and never will be."""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def is_private(code: int) -> bool:
    """Whether a code point is for private use."""
    return 0xE000 <= code <= 0xF8FF or 0xF0000 <= code <= 0xFFFFD or 0x100000 <= code <= 0x10FFFD


def is_unassigned(code: int) -> bool:
    """Whether Unicode 18.0.0 has no character there."""
    return _holds(_ranges(_UNASSIGNED), code)


def is_late(code: int) -> bool:
    """Whether a character takes part in normalisation and is younger than the oldest Python's tables (Unicode 14)."""
    return _holds(_ranges(_LATE), code)


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """The four-letter code of a letter's, mark's or digit's own script; "" for what many scripts share."""
    code = ord(character)
    for script, ranges in _scripts().items():
        if _holds(ranges, code):
            return script
    return ""


@cache
def looks_like() -> dict[str, str]:
    """Characters that look like an ASCII letter or digit, and that one in lower case."""
    made: dict[str, str] = {}
    for group in _LOOKS_LIKE.split():
        target, _, codes = group.partition(":")
        made |= {chr(int(code, 16)): target for code in codes.split(",")}
    return made


Ranges = tuple[list[int], list[int]]


@cache
def _ranges(packed: str) -> Ranges:
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for step in packed.split():
        start, _, length = step.partition("+")
        at += int(start, 36)
        starts.append(at)
        at += int(length, 36) if length else 0
        ends.append(at)
    return starts, ends


@cache
def _scripts() -> dict[str, Ranges]:
    parts = (entry.strip().partition(" ") for entry in _SCRIPTS.split(";"))
    return {script: _ranges(packed) for script, _, packed in parts}


def _holds(ranges: Ranges, code: int) -> bool:
    starts, ends = ranges
    index = bisect_right(starts, code) - 1
    return index >= 0 and code <= ends[index]
