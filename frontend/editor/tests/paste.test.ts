import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { DOMParser as ModelParser, type Node, Slice } from "prosemirror-model";
import { CleanSerializer, inlineContent, pasteBlocks, plainText, textSlice } from "../clipboard.ts";
import { cleanHtml } from "../paste.ts";
import { linkAddress, passageType, plain, schema } from "../schema.ts";
import { caret, ids, named, p, seeded, table, writer } from "./text.ts";

const parser = ModelParser.fromSchema(schema);

function read(html: string): Node {
  const place = document.createElement("div");
  place.innerHTML = html;
  return parser.parse(place, { preserveWhitespace: false });
}

/** Kind, depth and words of what pasted HTML becomes. */
function pasted(html: string): string[] {
  return read(cleanHtml(html).html).content.content.map((node) => {
    if (node.type.name === "table") return `table ${node.attrs.headers ?? "1"}: ${plain(node).replaceAll("\n", " / ")}`;
    const { kind, depth, ordered, quoted } = node.attrs;
    return `${kind}${depth ?? ""}${ordered ? " ordered" : ""}${quoted ? " quoted" : ""}: ${plain(node)}`;
  });
}

function marks(html: string): string[] {
  const found: string[] = [];
  read(cleanHtml(html).html).descendants((node) => {
    if (node.isText) found.push(`${node.text}${node.marks.map((mark) => `[${mark.type.name}]`).join("")}`);
  });
  return found;
}

const WORD = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="x"><head><meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm; font-family:"Calibri"} --></style><xml><w:Zoom>90</w:Zoom></xml></head><body lang=EN-GB>
<!--StartFragment-->
<h1>The <b>report</b><o:p></o:p></h1>
<p class=MsoNormal style='margin-bottom:0cm'>We met in <st1:place w:st="on">Leeds</st1:place>
twice.<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'>[1]</span></span></a> <b>Then</b><i> we</i> wrote.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>First point<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>a.<span>&nbsp; </span></span>Below it</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>A bullet</p>
<p class=MsoNormal>Gone: <del cite="mailto:x" datetime="2026-01-01">old words</del><ins cite="mailto:x" datetime="2026-01-01">new words</ins><span class=MsoCommentReference><a class=msocomanchor href="#_msocom_1">[AB1]</a></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoQuote>Quoted.</p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>Year<o:p></o:p></p></td><td><p class=MsoNormal>Members</p><p class=MsoNormal>here</p></td></tr>
<tr><td colspan=2><p class=MsoNormal>2024</p></td></tr></table>
<div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width="33%">
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1" name="_ftn1"><span class=MsoFootnoteReference>[1]</span></a> See the <i>minutes</i>.<o:p></o:p></p></div></div>
<!--EndFragment--></body></html>`;

test("from Word: headings, notes, lists, quotes and tables, and nothing of Word", () => {
  assert.deepEqual(pasted(WORD), [
    "heading1: The report",
    "paragraph: We met in Leeds twice. [See the minutes.] Then we wrote.",
    "item1 ordered: First point",
    "item2 ordered: Below it",
    "item1: A bullet",
    "paragraph: Gone: new words",
    "quote: Quoted.",
    "table 0: Year | Members here / 2024 | ",
  ]);
  const clean = cleanHtml(WORD).html;
  assert.doesNotMatch(clean, /mso|style=|class=|Calibri|<o:|Zoom/i);
});

test("from Word: a heading is not bold besides, other marks stay", () => {
  const found = marks(WORD);
  assert.ok(found.includes("The report"), found.join("|"));
  assert.ok(found.includes("Then[strong]"));
  assert.ok(found.includes("minutes[em]"));
});

const GOOGLE = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr" style="line-height:1.38"><span style="font-size:16pt;font-weight:700">Findings</span></h2>
<p dir="ltr"><span style="font-weight:400;font-style:normal">Plain </span><span style="font-weight:700">strong</span><span style="font-style:italic"> slanted</span><span style="text-decoration:line-through"> struck</span><span style="vertical-align:super">2</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup></p><br>
<ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>One</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr"><span>Within one</span></p></li></ul><li aria-level="1"><p><span>Two</span></p></li></ul>
<ol><li aria-level="1"><p>First</p></li></ol>
<p><a href="https://www.google.com/url?q=https://example.org/a%3Fb&sa=D"><span>A link</span></a></p>
<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;The note.</span></p></div></b>`;

test("from Google Docs: levels, marks from styles, notes, links without the detour", () => {
  assert.deepEqual(pasted(GOOGLE), [
    "heading2: Findings",
    "paragraph: Plain strong slanted struck2 [The note.]",
    "item1: One",
    "item2: Within one",
    "item1: Two",
    "item1 ordered: First",
    "paragraph: A link",
  ]);
  const found = marks(GOOGLE);
  for (const one of ["Plain ", "strong[strong]", " slanted[em]", " struck[strike]", "2[sup]", "A link[link]", "Findings"])
    assert.ok(found.includes(one), `${one} in ${found.join("|")}`);
  assert.match(cleanHtml(GOOGLE).html, /href="https:\/\/example\.org\/a\?b"/);
});

test("from LibreOffice: notes that point back", () => {
  assert.deepEqual(
    pasted(`<p>Words<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a> on.</p>
<div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a> A note.</p></div>`),
    ["paragraph: Words [A note.] on."],
  );
});

test("nested lists, continued items and quotations from a web page", () => {
  assert.deepEqual(
    pasted(`<ol><li>One<ul><li>Inner</li></ul></li><li><p>Two</p><p>goes on</p></li></ol>
<blockquote><p>Said</p><ul><li>so</li></ul></blockquote><p>After</p><pre>a
  b</pre>`),
    [
      "item1 ordered: One",
      "item2: Inner",
      "item1 ordered: Two",
      "paragraph1: goes on",
      "quote: Said",
      "item1 quoted: so",
      "paragraph: After",
      "code: a\n  b",
    ],
  );
});

test("scripts, forms, hidden words and strange addresses are left out", () => {
  const bad = `<p onclick="x()">Fine <script>alert(1)</script><a href="javascript:alert(1)">here</a><span style="display:none">secret</span><input value="x"><iframe src="https://x"></iframe></p><img src=x onerror=alert(1)>`;
  assert.deepEqual(pasted(bad), ["paragraph: Fine here"]);
  assert.equal(cleanHtml(bad).pictures, 1);
  assert.doesNotMatch(cleanHtml(bad).html, /onclick|onerror|javascript|<a/);
});

test("merged cells become cells, uneven rows are filled, one cell is a frame", () => {
  assert.deepEqual(
    pasted(`<table><caption>Years</caption><thead><tr><th>A</th><th>B</th><th>C</th></tr></thead><tr><td rowspan=2>1</td><td colspan=2>2</td></tr><tr><td>3</td></tr></table>`),
    ["table 1: Years / A | B | C / 1 | 2 |  /  | 3 | "],
  );
  assert.deepEqual(pasted("<table><tr><td><p>Only</p><p>words</p></td></tr></table>"), ["paragraph: Only", "paragraph: words"]);
});

test("white space is folded, but not between letters", () => {
  assert.deepEqual(pasted("<p>  One \n  two&nbsp; three&nbsp;% </p><p>&nbsp;</p><div> </div>"), ["paragraph: One two three\u00a0%"]);
});

test("deep nonsense ends", () => {
  const deep = `${"<div>".repeat(400)}words${"</div>".repeat(400)}`;
  assert.deepEqual(pasted(deep), ["paragraph: words"]);
});

test("a copy is clean HTML with real lists, and comes back the same with ids", () => {
  const nodes = [
    p("1", "Chapter", { kind: "heading", depth: "1", label: "4" }),
    p("2", "One", { kind: "item", depth: "1", ordered: "yes" }),
    p("3", "Within", { kind: "item", depth: "2" }),
    p("4", "goes on", { depth: "2" }),
    p("5", "Two", { kind: "item", depth: "1", ordered: "yes" }),
    p("6", "Quoted", { kind: "quote" }),
    p("7", "a\n b", { kind: "code" }),
    p("8", "Caption", { kind: "figure", image: "a".repeat(64), alt: "A picture" }),
    p("9", "We ask", { kind: "recommendation", area: "Work", addressee: "All", level: "branch" }),
    table("t", [["a", "b"], ["c", "d"]], "Told"),
  ];
  const doc = schema.topNodeType.create(null, nodes);
  const place = document.createElement("div");
  place.append(new CleanSerializer("report").serializeFragment(doc.content, { document }) as DocumentFragment);
  assert.equal(place.querySelectorAll("ol > li").length, 2);
  assert.equal(place.querySelector("ol > li > ul > li")?.textContent, "Withingoes on");
  assert.equal(place.firstElementChild?.getAttribute("data-text"), "report");
  assert.doesNotMatch(place.innerHTML, /style=/);
  const back = parser.parse(place, { preserveWhitespace: true });
  assert.deepEqual(back.toJSON(), doc.toJSON());
});

test("a copy as text has signs before items, notes in brackets and tabs between cells", () => {
  const note = schema.nodes.footnote!.create(null, schema.text("a note"));
  const nodes = [
    passageType.create({ id: named("1") }, [schema.text("Words"), note]),
    p("2", "One", { kind: "item", depth: "1", ordered: "yes" }),
    p("3", "Two", { kind: "item", depth: "1", ordered: "yes" }),
    table("t", [["a", "b"]]),
  ];
  const doc = schema.topNodeType.create(null, nodes);
  assert.equal(plainText(doc.slice(0, doc.content.size)), "Words [a note]\n\n1. One\n2. Two\n\na\tb");
});

test("plain text: a passage for each line, none for empty ones, nothing that cannot be seen", () => {
  const slice = textSlice("One\r\n\r\nTwo\u0000\u0007\n\n\nThree");
  assert.deepEqual(slice.content.content.map((node) => node.textContent), ["One", "Two", "Three"]);
  assert.equal(slice.openStart, 1);
  assert.equal(textSlice("\n\n").size, 0);
});

test("blocks pasted into a cell become lines", () => {
  const doc = schema.topNodeType.create(null, [p("1", "One"), p("2", "Two")]);
  const content = inlineContent(new Slice(doc.content, 1, 1));
  assert.deepEqual(content.content.map((node) => node.type.name), ["text", "break", "text"]);
});

test("addresses of links", () => {
  assert.equal(linkAddress("https://example.org/a"), "https://example.org/a");
  assert.equal(linkAddress("example.org/a"), "https://example.org/a");
  assert.equal(linkAddress("ana@example.org"), "mailto:ana@example.org");
  assert.equal(linkAddress("#p-0123456789"), "#p-0123456789");
  assert.equal(linkAddress("javascript:alert(1)"), null);
  assert.equal(linkAddress("data:text/html,x"), null);
  assert.equal(linkAddress("  "), null);
});

const shown = (view: import("prosemirror-view").EditorView) =>
  view.state.doc.content.content.map((node) => `${node.attrs.kind}: ${plain(node)}`);

function put(offset: number, ...blocks: Node[]) {
  const { view } = writer(seeded(p("1", "Some long words here", { kind: "quote" })));
  caret(view, 0, offset);
  const doc = schema.topNodeType.create(null, blocks);
  view.dispatch(pasteBlocks(view, new Slice(doc.content, 1, 1))!);
  view.dispatch(view.state.tr.insertText("|"));
  return view;
}

test("several passages pasted: paragraphs run on at the seams, and the passage keeps its kind and id", () => {
  const [one, item, two] = [p("", "One"), p("", "Item", { kind: "item", depth: "1" }), p("", "Two")];
  const middle = put(5, one, item, two);
  assert.deepEqual(shown(middle), ["quote: Some One", "item: Item", "quote: Two|long words here"]);
  assert.equal(ids(middle)[2], named("1"));
  assert.deepEqual(shown(put(0, one, item)), ["paragraph: One", "item: Item|", "quote: Some long words here"]);
  assert.deepEqual(shown(put(0, item, two)), ["item: Item", "quote: Two|Some long words here"]);
  assert.deepEqual(shown(put(20, one, item)), ["quote: Some long words hereOne", "item: Item|"]);
  const end = put(20, item, two);
  assert.deepEqual(shown(end), ["quote: Some long words here", "item: Item", "paragraph: Two|"]);
  assert.equal(new Set(ids(end)).size, 3);
});

test("words that look like styles stay words", () => {
  assert.deepEqual(pasted('<p data-x="a>b" style="font-weight:700">write style="x" here</p>'), [
    'paragraph: write style="x" here',
  ]);
});
