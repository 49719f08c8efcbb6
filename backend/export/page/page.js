"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const video = find("video"), poster = find("poster"), bar = find("bar"), head = find("head");
  const shots = new Map(data.shots.map((shot) => [shot.id, shot]));
  const notes = new Map(); // by shot: {text, verdict, take, frame}
  const drafts = "take-one-notes:" + data.edit;
  const urls = new Map();
  let segments = data.cut, index = 0, isCut = true, playing = false, saved = true, shownTake = "";

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // A movie as it lies in this file, as something that a player takes.
  const url = (media) => {
    if (!urls.has(media)) {
      const holder = find(media);
      const text = atob(holder.textContent);
      const bytes = new Uint8Array(text.length);
      for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
      urls.set(media, URL.createObjectURL(new Blob([bytes], { type: holder.dataset.type })));
      holder.remove();
    }
    return urls.get(media);
  };

  const timecode = (frame) => {
    const base = Math.max(1, Math.round(data.fps));
    const two = (number) => String(number).padStart(2, "0");
    const whole = Math.floor(frame / base);
    return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}:${two(frame % base)}`;
  };

  // --- the player: a row of segments, each a part of a movie or a picture for a while ---
  let still = null; // of a segment without a movie: when it began, and at which of its frames
  const segment = () => segments[index];
  const frame = () => {
    const now = segment();
    if (!now) return 0;
    const inside = now.media
      ? Math.floor((video.currentTime - now.from / data.fps) * data.fps + 0.01)
      : still.frame + (playing ? Math.floor(((performance.now() - still.began) / 1000) * data.fps) : 0);
    return now.start + Math.min(Math.max(inside, 0), now.frames - 1);
  };

  const enter = (place, inside) => {
    index = place;
    const now = segment();
    if (!now) return;
    still = { began: performance.now(), frame: inside };
    const shown = shots.get(now.shot);
    poster.hidden = Boolean(now.media) || !shown;
    video.hidden = !now.media;
    if (!now.media) {
      video.pause();
      if (shown) poster.src = shown.picture;
      return;
    }
    const source = url(now.media);
    if (video.src !== source) video.src = source;
    video.currentTime = (now.from + inside + 0.01) / data.fps; // just inside the frame
    if (playing) video.play().catch(() => pause());
  };

  const go = (to) => {
    const last = segments.at(-1);
    if (!last) return;
    const wanted = Math.min(Math.max(to, 0), last.start + last.frames - 1);
    let place = segments.findIndex((one) => wanted < one.start + one.frames);
    if (place < 0) place = segments.length - 1;
    enter(place, Math.max(0, wanted - segments[place].start));
    show();
  };

  const play = () => {
    const last = segments.at(-1);
    if (!last) return;
    if (frame() >= last.start + last.frames - 1) go(0);
    still = { began: performance.now(), frame: frame() - segment().start };
    playing = true;
    if (segment().media) video.play().catch(() => pause());
    show();
  };
  const pause = () => {
    const at = frame();
    playing = false;
    video.pause();
    if (segment()) still = { began: performance.now(), frame: at - segment().start };
    show();
  };

  const tick = () => {
    const now = segment();
    if (playing && now) {
      const over = now.media
        ? video.ended || video.currentTime >= (now.from + now.frames) / data.fps - 0.002
        : performance.now() - still.began >= ((now.frames - still.frame) / data.fps) * 1000;
      if (over && index + 1 < segments.length) enter(index + 1, 0);
      else if (over) pause();
      show();
    }
    requestAnimationFrame(tick);
  };

  const shotAt = (at) => data.cutShots.findLast((one) => at >= one.start && at < one.start + one.frames);
  const show = () => {
    const at = frame(), total = isCut ? data.frames : segments[0].frames;
    find("time").textContent = `${timecode(at)}  ${at + 1} / ${total}`;
    find("play").textContent = playing ? "Pause" : "Play";
    find("cut").hidden = isCut;
    if (!isCut) return;
    head.style.left = `${(at / Math.max(1, data.frames)) * 100}%`;
    bar.setAttribute("aria-valuenow", at);
    const on = shotAt(at);
    find("what").textContent = on ? `${on.number}  ${shots.get(on.shot).name}` : "";
    for (const one of document.querySelectorAll("[data-cut]")) one.classList.toggle("on", one.dataset.cut === on?.key);
    for (const one of document.querySelectorAll("#shots > li"))
      one.classList.toggle("on", one.dataset.shot === on?.shot);
  };

  const showCut = (at = 0) => {
    isCut = true;
    shownTake = "";
    segments = data.cut;
    pressed();
    go(at);
  };
  const showTake = (shot, take) => {
    isCut = false;
    shownTake = take.id;
    segments = [{ media: take.media, from: take.from, frames: take.frames, start: 0, shot: shot.id }];
    find("what").textContent = `${shot.name}: ${take.label}`;
    pressed();
    go(0);
    play();
  };
  const pressed = () => {
    for (const one of document.querySelectorAll("[data-take]"))
      one.setAttribute("aria-pressed", String(!isCut && one.dataset.take === shownTake));
  };

  // --- notes ---
  const filled = (note) => note.text.trim() !== "" || note.verdict !== "";
  const file = () => ({
    take_one_notes: 1,
    edit: data.edit,
    title: data.title,
    author: find("author").value.trim(),
    made: new Date().toISOString(),
    notes: data.shots
      .filter((shot) => notes.has(shot.id) && filled(notes.get(shot.id)))
      .map((shot) => ({ shot: shot.id, name: shot.name, ...notes.get(shot.id) })),
  });
  const changed = () => {
    saved = false;
    try {
      localStorage.setItem(drafts, JSON.stringify(file()));
    } catch { /* a browser that keeps nothing for files: they are saved as a file */ }
    state();
  };
  const state = (said) => {
    const count = file().notes.length;
    find("state").textContent = said ?? (count ? `${count} ${count === 1 ? "note" : "notes"}${saved ? "" : ", not saved"}` : "");
    for (const one of document.querySelectorAll("[data-cut]"))
      one.classList.toggle("noted", notes.has(one.dataset.shot) && filled(notes.get(one.dataset.shot)));
  };
  const take = (shot) => {
    if (!notes.has(shot.id)) notes.set(shot.id, { text: "", verdict: "", take: "", frame: -1 });
    return notes.get(shot.id);
  };
  const fill = (found) => {
    if (found?.take_one_notes !== 1 || !Array.isArray(found.notes)) throw new Error("These are no notes of such a page.");
    if (found.edit !== data.edit) throw new Error("These notes belong to another film.");
    for (const note of found.notes) {
      const shot = shots.get(note.shot);
      if (!shot) continue;
      const text = String(note.text ?? "").slice(0, data.longest);
      const verdict = ["approved", "change"].includes(note.verdict) ? note.verdict : "";
      Object.assign(take(shot), { text, verdict, take: String(note.take ?? ""), frame: Number.isInteger(note.frame) ? note.frame : -1 });
    }
    if (typeof found.author === "string" && found.author) find("author").value = found.author.slice(0, 100);
    for (const item of document.querySelectorAll("#shots > li")) {
      const note = notes.get(item.dataset.shot);
      if (!note) continue;
      item.querySelector("textarea").value = note.text;
      for (const radio of item.querySelectorAll("input")) radio.checked = radio.value === note.verdict;
    }
  };
  const save = () => {
    const name = (data.file || "film") + "_notes.json";
    const blob = new Blob([JSON.stringify(file(), null, 1) + "\n"], { type: "application/json" });
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    saved = true;
    state(`Saved as ${name}. Send it back.`);
  };

  // --- the shots ---
  const card = (shot) => {
    const picture = make("img", { src: shot.picture, alt: "", loading: "lazy" });
    picture.addEventListener("click", () => shot.start >= 0 && (showCut(shot.start), play()));
    const text = make("textarea", { placeholder: "Your note to this shot", maxLength: data.longest });
    text.setAttribute("aria-label", `Note to ${shot.name}`);
    text.addEventListener("input", () => {
      const note = take(shot), inside = frame() - shot.start;
      if (!note.text && isCut && inside >= 0 && inside < shot.frames) note.frame = frame();
      if (!isCut && shot.takes.some((one) => one.id === shownTake)) note.take = shownTake;
      note.text = text.value;
      changed();
    });
    const verdict = make("div", { className: "verdict" });
    for (const [value, label] of [["", "Open"], ["approved", "Approved"], ["change", "Please change"]]) {
      const radio = make("input", { type: "radio", name: `verdict-${shot.number}`, value, checked: value === "" });
      radio.addEventListener("change", () => { take(shot).verdict = value; changed(); });
      verdict.append(make("label", {}, radio, ` ${label}`));
    }
    const takes = make("div", { className: "takes" });
    for (const one of shot.takes) {
      const button = make("button", { type: "button", textContent: one.label, disabled: !one.media, title: one.media ? "" : "Not in this file" });
      button.dataset.take = one.id;
      button.addEventListener("click", () => showTake(shot, one));
      takes.append(button);
    }
    const words = make("div", {}, make("h2", { dir: "auto", textContent: `${shot.number}  ${shot.name}` }),
      make("p", { className: "quiet", textContent: shot.about }));
    for (const one of [shot.dialogue, shot.prompt, shot.note].filter(Boolean)) words.append(make("p", { dir: "auto", textContent: one }));
    words.append(takes);
    const item = make("li", {}, picture, words, make("div", { className: "note" }, text, verdict));
    item.dataset.shot = shot.id;
    return item;
  };

  find("title").textContent = data.title;
  find("about").textContent = data.about;
  find("shots").append(...data.shots.map(card));
  for (const one of data.cutShots) {
    const part = make("div", { title: shots.get(one.shot).name });
    part.dataset.cut = one.key;
    part.dataset.shot = one.shot;
    part.style.left = `${(one.start / Math.max(1, data.frames)) * 100}%`;
    part.style.width = `${(one.frames / Math.max(1, data.frames)) * 100}%`;
    find("segments").append(part);
  }
  bar.setAttribute("aria-valuemin", 0);
  bar.setAttribute("aria-valuemax", data.frames - 1);
  const drag = (event) => {
    const box = bar.getBoundingClientRect();
    const to = Math.floor(((event.clientX - box.left) / box.width) * data.frames);
    if (isCut) go(to);
    else showCut(to);
  };
  bar.addEventListener("pointerdown", (event) => { bar.setPointerCapture(event.pointerId); drag(event); });
  bar.addEventListener("pointermove", (event) => event.buttons && drag(event));
  find("play").addEventListener("click", () => (playing ? pause() : play()));
  const step = (by) => { pause(); go(frame() + by); };
  find("back").addEventListener("click", () => step(-1));
  find("next").addEventListener("click", () => step(1));
  find("cut").addEventListener("click", () => { pause(); showCut(0); });
  find("mute").addEventListener("click", () => {
    video.muted = !video.muted;
    find("mute").setAttribute("aria-pressed", String(video.muted));
  });
  find("full").addEventListener("click", () => find("screen").requestFullscreen?.());
  find("save").addEventListener("click", save);
  find("author").addEventListener("input", changed);
  find("open").addEventListener("change", async (event) => {
    try {
      const chosen = event.target.files[0];
      if (!chosen) return;
      if (chosen.size > 4 << 20) throw new Error("That file is too large for notes.");
      fill(JSON.parse(await chosen.text()));
      changed();
    } catch (error) {
      state(error instanceof SyntaxError ? "These are no notes of such a page." : error.message);
    }
    event.target.value = "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, button") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") { event.preventDefault(); playing ? pause() : play(); }
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  addEventListener("beforeunload", (event) => { if (!saved) event.preventDefault(); });
  try {
    const kept = localStorage.getItem(drafts);
    if (kept) { fill(JSON.parse(kept)); saved = false; }
  } catch { /* nothing is kept, or not by us */ }
  showCut(0);
  state();
  requestAnimationFrame(tick);
})();
