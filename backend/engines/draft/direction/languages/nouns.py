"""What directors point at, in each language, in the order of LANGUAGES after English."""

from __future__ import annotations

_TABLE = """
her; sie, ihr; elle; ella; 她; 彼女; 그녀; lei
him; ihn, ihm; lui; él; 他; 彼; 그; lui
them; ihnen, beide, beiden; eux, elles; ellos, ellas, los dos; 他们, 她们, 两人, 二人; 彼ら, 二人; 그들, 두 사람; loro
woman; frau; femme; mujer; 女人, 女子, 女士; 女性, 女の人, 女; 여자, 여성, 여인; donna
man; mann; homme; hombre; 男人, 男子, 男士; 男性, 男の人, 男; 남자, 남성; uomo
girl; mädchen; fille, fillette; niña, chica; 女孩; 少女, 女の子; 소녀; ragazza, bambina
boy; junge, jungen; garçon; niño, chico; 男孩; 少年, 男の子; 소년; ragazzo, bambino
child; kind; enfant; niño pequeño; 孩子, 小孩; 子供, 子ども; 아이; bimbo
people; leute, menschen, personen; gens, personnes, personnages; gente, personas; 人们, 人物; 人々; 사람들; persone
couple; paar, pärchen; couple; pareja; 情侣, 夫妻, 恋人; カップル, 夫婦; 커플, 연인, 부부; coppia
face; gesicht; visage; cara, rostro; 脸, 面部, 脸部, 臉; 顔; 얼굴; viso, volto, faccia
hand; hand, hände; main; mano; 手; 手; 손; mano
sofa; sofa, couch; canapé, sofa; sofá; 沙发, 沙發; ソファー, ソファ; 소파; divano, sofà
table; tisch, esstisch; table; mesa; 桌子, 餐桌, 桌; テーブル; 테이블, 식탁, 탁자; tavolo, tavola
desk; schreibtisch; bureau; escritorio; 书桌, 办公桌; 机, デスク; 책상; scrivania
chair; stuhl, sessel, stühle, stühlen; chaise, fauteuil; silla, sillón; 椅子, 椅; 椅子, いす, イス; 의자; sedia
door; tür, türe, haustür, tor; porte; puerta; 门口, 门, 門, 大门; ドア, 扉, 玄関; 문, 현관; porta
doorway; türrahmen, türöffnung; embrasure, encadrement; umbral, vano; 门洞, 门框; 戸口, 出入口; 문간, 출입구; soglia
entrance; eingang; entrée; entrada; 入口; 入り口, 入口, エントランス; 입구; ingresso, entrata
archway; torbogen, bogen; arche, arcade; arco; 拱门; アーチ; 아치; arco, arcata
window; fenster; fenêtre; ventana; 窗户, 窗戶, 窗子, 窗; 窓; 창문, 창가, 창; finestra, vetrata
room; raum, zimmer; pièce, salle, chambre; habitación, sala, cuarto; 房间, 房間, 屋子, 室内; 部屋, 室内; 방; stanza
living room; wohnzimmer; salon; salón; 客厅, 客廳; リビングルーム, リビング, 居間; 거실; soggiorno, salotto
kitchen; küche; cuisine; cocina; 厨房, 廚房; キッチン, 台所; 주방, 부엌; cucina
hall; halle, saal; hall, vestibule; vestíbulo, salón principal; 大厅, 大廳; ホール, 広間; 홀, 로비; atrio
corridor; flur, gang, korridor; couloir, corridor; pasillo, corredor; 走廊; 廊下; 복도; corridoio
stairs; treppe, treppen, stufen; escalier, escaliers, marches; escalera, escaleras; 楼梯, 樓梯; 階段; 계단; scale, scala
wall; wand, mauer; mur; pared, muro; 墙壁, 围墙, 墙, 牆; 壁; 벽; muro, parete
fence; zaun; clôture, barrière; valla, cerca; 栅栏, 围栏, 篱笆; フェンス, 柵; 울타리; recinto, staccionata
hedge; hecke; haie; seto; 树篱; 生け垣; 생울타리; siepe
bed; bett; lit; cama; 床; ベッド; 침대; letto
lamp; lampe; lampe; lámpara; 灯, 台灯; ランプ, 照明; 램프, 조명; lampada
picture; bild, gemälde; tableau, peinture; cuadro, pintura; 画, 画作; 絵, 絵画; 그림; quadro, dipinto
mirror; spiegel; miroir; espejo; 镜子; 鏡; 거울; specchio
shelf; regal, bücherregal; étagère, bibliothèque; estante, estantería; 书架, 架子; 本棚, 棚; 책장, 선반; scaffale
piano; klavier, flügel; piano; piano; 钢琴, 鋼琴; ピアノ; 피아노; pianoforte
plant; pflanze; plante; planta; 植物, 盆栽; 植物, 観葉植物; 식물, 화분; pianta
flower; blume, blumen; fleur, fleurs; flor, flores; 花; 花; 꽃; fiore, fiori
vase; vase; vase; jarrón, florero; 花瓶; 花瓶; 꽃병; vaso
fireplace; kamin; cheminée; chimenea; 壁炉; 暖炉; 벽난로; camino
clock; uhr; horloge, pendule; reloj; 时钟, 钟; 時計; 시계; orologio
statue; statue, skulptur; statue, sculpture; estatua, escultura; 雕像, 雕塑; 像, 彫像, 銅像; 동상, 조각상; statua
fountain; brunnen, springbrunnen; fontaine; fuente; 喷泉; 噴水; 분수; fontana
house; haus; maison; casa; 房子, 房屋, 屋; 家; 집; casa
building; gebäude; bâtiment, immeuble, édifice; edificio; 建筑物, 建筑, 大楼, 楼; 建物, ビル; 건물, 빌딩; edificio
facade; fassade; façade; fachada; 立面, 外墙, 正面; ファサード, 外壁; 파사드, 외벽; facciata
roof; dach; toit; tejado, techo; 屋顶, 屋頂; 屋根; 지붕; tetto
roofs; dächer, dachlandschaft; toits; tejados, techos; 屋顶群; 屋根屋根; 지붕들; tetti
tower; turm; tour; torre; 塔, 塔楼; 塔, タワー; 탑, 타워; torre
church; kirche; église; iglesia; 教堂; 教会; 교회; chiesa
castle; schloss, burg; château; castillo; 城堡; 城; 성; castello
bridge; brücke; pont; puente; 桥, 桥梁; 橋; 다리; ponte
street; straße, strasse, gasse; rue; calle; 街道, 马路, 街; 通り, 道, 道路; 거리, 길, 도로; strada, via
city; stadt; ville; ciudad; 城市; 街, 都市, 町; 도시; città
garden; garten; jardin; jardín; 花园, 花園; 庭, 庭園; 정원; giardino
courtyard; hof, innenhof; cour; patio; 庭院, 院子; 中庭; 안뜰, 마당; cortile
forest; wald; forêt; bosque; 森林, 树林; 森; 숲; bosco, foresta
tree; baum, bäume; arbre, arbres; árbol, árboles; 树, 树木, 樹; 木, 樹木; 나무; albero
mountain; berg, berge; montagne; montaña; 山; 山; 산; montagna
river; fluss; rivière, fleuve; río; 河, 河流; 川; 강; fiume
sea; meer; mer; mar; 海; 海; 바다; mare
beach; strand; plage; playa; 海滩, 沙滩; 砂浜, ビーチ; 해변; spiaggia
car; auto, wagen; voiture; coche, carro, auto; 汽车, 车, 車; 車, 自動車; 자동차, 차; automobile, auto
train; zug; train; tren; 火车; 列車, 電車; 기차; treno
boat; boot; bateau; barco; 船; 船, ボート; 배; barca
dog; hund; chien; perro; 狗; 犬; 개; cane
cat; katze; chat; gato; 猫; 猫; 고양이; gatto
glass; glas; verre; vaso, copa; 杯子, 玻璃杯; グラス, コップ; 유리잔, 잔; bicchiere
bottle; flasche; bouteille; botella; 瓶子; 瓶, ボトル; 병; bottiglia
book; buch; livre; libro; 书; 本; 책; libro
letter; brief; lettre; carta; 信; 手紙; 편지; lettera
product; produkt; produit; producto; 产品; 商品, 製品; 제품; prodotto
ceiling; decke, zimmerdecke; plafond; techo de la sala; 天花板; 天井; 천장; soffitto
floor; boden, fußboden; sol, plancher; suelo, piso; 地板, 地面; 床, 地面; 바닥; pavimento
sky; himmel; ciel; cielo; 天空; 空; 하늘; cielo
horizon; horizont; horizon; horizonte; 地平线; 地平線; 지평선; orizzonte
counter; theke, tresen; comptoir; mostrador, barra; 柜台, 吧台; カウンター; 카운터; bancone
carpet; teppich; tapis; alfombra; 地毯; カーペット, 絨毯; 카펫; tappeto
curtain; vorhang, vorhänge, gardine, gardinen; rideau, rideaux; cortina, cortinas; 窗帘; カーテン; 커튼; tenda, tende
balcony; balkon; balcon; balcón; 阳台; バルコニー, ベランダ; 발코니; balcone
gate; gartentor; portail, grille; portón, verja; 大门口, 闸门; 門, ゲート; 대문; cancello
crowd; menge, menschenmenge; foule; multitud, muchedumbre; 人潮; 群衆; 군중; folla
column; säule, säulen, pfeiler; colonne, colonnes, pilier; columna, columnas; 柱子, 柱; 柱; 기둥; colonna, colonne
"""
LANGUAGES = ("german", "french", "spanish", "chinese", "japanese", "korean", "italian")


_ALSO_ITALIAN = {
    "entrambi": "them",
    "personaggi": "people",
    "gente": "people",
    "poltrona": "chair",
    "vano della porta": "doorway",
    "sala": "room",
    "scalinata": "stairs",
    "libreria": "shelf",
    "palazzo": "building",
}


def _read() -> dict[str, dict[str, str]]:
    nouns: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for line in _TABLE.strip().splitlines():
        english, *cells = (cell.strip() for cell in line.split(";"))
        for language, cell in zip(LANGUAGES, cells, strict=True):
            for form in cell.split(","):
                nouns[language].setdefault(form.strip(), english)
    nouns["italian"].update(_ALSO_ITALIAN)
    return nouns


NOUNS = _read()
"""English by language and noun, in lower case."""
IN_ENGLISH = {form: english for nouns in reversed(NOUNS.values()) for form, english in nouns.items()}
"""English of a noun of any language; of one that is a noun in several, the first language's."""
