/*
 * Direct uploads: a chosen file goes from the browser straight into the container, and the form gets a receipt for it.
 * Plain ES2020 without a build step; nothing inline, nothing from elsewhere. All words come from the page.
 */
"use strict";

(() => {
  const AT_A_TIME = 4; // parts on their way side by side
  const LINKS_AT_ONCE = 20; // links for parts that are asked for together
  const TRIES = 5; // of one request
  const FIRST_PAUSE = 500; // milliseconds; each further one is twice as long
  const ANNOUNCED = 25; // percent between two announcements to screen readers
  const LONGEST_WAIT = 30_000; // milliseconds; whoever is told to wait longer is asked whether to try again
  const RESTARTS = 2; // from the beginning, when somebody else got the name

  /** What went wrong, with its words for people. */
  class Failure extends Error {
    constructor(code, words = "") {
      super(words || code);
      this.code = code;
    }
  }

  /** A request that may go well when it is sent again. */
  class Interruption extends Error {
    constructor({ status = 0, progressed = false, words = "", wait = 0 }) {
      super(`interrupted (${status})`);
      this.status = status;
      this.progressed = progressed;
      this.words = words;
      this.wait = wait; // milliseconds, as the site has asked for
    }
  }

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  function pause(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(new Failure("cancelled"));
      });
    });
  }

  // --- the site ------------------------------------------------------------------------------------------------------

  function csrfToken(box) {
    const field = box.closest("form")?.querySelector("[name=csrfmiddlewaretoken]");
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
    return field?.value ?? cookie?.slice("csrftoken=".length) ?? "";
  }

  async function ask(box, step, said, options = {}) {
    let answer;
    try {
      answer = await fetch(box.dataset[step], {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(box) },
        body: JSON.stringify(said),
        ...options,
      });
    } catch (error) {
      throw options.signal?.aborted ? new Failure("cancelled") : new Interruption({});
    }
    const told = await answer.json().catch(() => null);
    if (answer.ok && told) return told;
    const { status } = answer;
    const { code, message: words } = told?.error ?? { code: "site", message: filled(messagesOf(box).site, { status }) };
    if (!isBusy(status)) throw new Failure(code, words);
    throw new Interruption({ status, words, wait: Number(answer.headers.get("Retry-After")) * 1000 || 0 });
  }

  // 501 says that it will never do.
  const isBusy = (status) => status === 429 || (status >= 500 && status !== 501);

  const messagesOf = (box) => JSON.parse(box.dataset.messages);

  // --- the storage ---------------------------------------------------------------------------------------------------

  /** Send bytes with a signed link; a request on which nothing moves for `stall` milliseconds is given up. */
  function put(link, bytes, { signal, stall, onProgress }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let progressed = false;
      let timer;
      const watch = (factor) => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), stall * factor);
      };
      const end = (settle, value) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        settle(value);
      };
      const abort = () => request.abort();
      signal.addEventListener("abort", abort);
      request.upload.onprogress = (event) => {
        progressed = progressed || event.loaded > 0;
        onProgress(event.loaded);
        watch(1);
      };
      request.upload.onload = () => watch(4); // the server has everything, and writes it down
      request.onload = () =>
        request.status >= 200 && request.status < 300
          ? end(resolve)
          : end(reject, new Interruption({ status: request.status, progressed: true }));
      request.onerror = () => end(reject, new Interruption({ progressed }));
      request.onabort = () => end(reject, signal.aborted ? new Failure("cancelled") : new Interruption({ progressed: true }));
      request.open(link.method, link.url);
      for (const [name, value] of Object.entries(link.headers)) {
        // The browser itself writes the length, and lets nobody else do so.
        if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
      }
      watch(1);
      request.send(bytes);
    });
  }

  /** Whether anything answers at an address, be it only with what this page may not read. */
  async function isReachable(url) {
    try {
      await fetch(new URL("/", url), { mode: "no-cors", cache: "no-store", credentials: "omit" });
      return true;
    } catch {
      return false;
    }
  }

  const forbiddenHosts = new Set();
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective !== "connect-src") return;
    try {
      forbiddenHosts.add(new URL(event.blockedURI).origin);
    } catch {
      // A blocked address that is none is not ours.
    }
  });

  // --- one upload ----------------------------------------------------------------------------------------------------

  class Upload {
    constructor(file, box, view) {
      this.file = file;
      this.box = box;
      this.view = view;
      this.messages = messagesOf(box);
      this.stall = Number(box.dataset.stall) * 1000;
      this.control = null;
      this.arrived = new Map(); // bytes by part; a single request is part 1
      this.grant = "";
      this.begun = null; // what the site has answered to the start
      this.waiting = []; // parts that the storage does not have yet
      this.sent = false; // whether it has everything
      this.doubt = null; // a failure after which the file may have arrived all the same
      this.succeeded = false; // whether the storage has taken anything yet
    }

    /** Upload the file, or what is left of it after an interruption; give its receipt. */
    async run() {
      this.control = new AbortController();
      for (let restarts = 0; ; restarts += 1) {
        try {
          if (!this.begun) await this.start();
          if (!this.sent) await this.transfer();
          return await this.finish();
        } catch (failure) {
          if (!["taken", "missing"].includes(failure.code)) throw failure;
          this.begun = null;
          if (restarts === (this.doubt ? 1 : RESTARTS)) throw this.doubt ?? failure;
        }
      }
    }

    async start() {
      const { name, size, type } = this.file;
      this.arrived.clear();
      this.doubt = null;
      this.sent = false;
      this.begun = await this.persistently(() => this.ask("start", { field: this.box.dataset.offer, name, size, type }));
      this.grant = this.begun.grant;
      this.waiting = Array.from({ length: this.begun.parts ?? 0 }, (_, index) => index + 1);
    }

    async transfer() {
      await (this.begun.parts ? this.sendParts(this.begun) : this.sendWhole(this.begun));
      this.sent = true;
    }

    async finish() {
      this.view.say(filled(this.messages.checking, { name: this.file.name }));
      const receipt = await this.persistently(() => this.ask("finish", { grant: this.grant }));
      return receipt.value;
    }

    /** Whether something is there that need not be sent again. */
    get canGoOn() {
      return this.sent || this.waiting.length < (this.begun?.parts ?? 0);
    }

    ask(step, said) {
      return ask(this.box, step, said, { signal: this.control.signal });
    }

    async sendWhole(link) {
      try {
        await this.persistently(() => this.send(link, this.file, 1));
      } catch (failure) {
        // The name is taken, perhaps by ourselves; some servers let no page read that answer. To finish tells.
        if (failure.status !== 412 && !failure.unread) throw failure;
        this.doubt = failure.unread ? failure : null;
      }
    }

    async sendParts({ part_size: partSize }) {
      const waiting = [...this.waiting];
      const links = new Map();
      const sendNext = async () => {
        while (waiting.length) {
          const number = waiting.shift();
          const bytes = this.file.slice((number - 1) * partSize, number * partSize);
          await this.persistently(async () => this.send(await this.linkFor(number, waiting, links), bytes, number));
          this.waiting = this.waiting.filter((other) => other !== number);
        }
      };
      await Promise.all(Array.from({ length: Math.min(AT_A_TIME, waiting.length) }, sendNext));
    }

    /** A link for one part; those of the next ones come along. A link serves for one try. */
    async linkFor(number, waiting, links) {
      if (!links.has(number)) {
        const numbers = [number, ...waiting.filter((next) => !links.has(next)).slice(0, LINKS_AT_ONCE - 1)];
        const answer = this.ask("parts", { grant: this.grant, numbers });
        for (const one of numbers) links.set(one, answer.then((told) => told.links[one]));
      }
      const link = links.get(number);
      links.delete(number);
      return link;
    }

    async send(link, bytes, number) {
      const onProgress = (loaded) => this.progress(number, Math.min(loaded, bytes.size));
      try {
        await put(link, bytes, { signal: this.control.signal, stall: this.stall, onProgress });
      } catch (error) {
        this.progress(number, 0);
        error.url = link.url;
        throw error;
      }
      this.succeeded = true;
      this.progress(number, bytes.size);
    }

    progress(number, bytes) {
      this.arrived.set(number, bytes);
      const sum = [...this.arrived.values()].reduce((total, some) => total + some, 0);
      this.view.progress(this.file.name, Math.floor((sum / this.file.size) * 100));
    }

    /** Try again what was interrupted; tell a storage that refuses this site from one that is away. */
    async persistently(attempt) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof Interruption)) throw error;
          if (error.status && !isTransient(error.status)) throw this.failure(error);
          if (tries >= 2) await this.refuseForeignSites(error);
          if (tries === TRIES || error.wait > LONGEST_WAIT) throw this.failure(error);
          this.view.say(error.words ? this.messages.busy : this.messages.retrying);
          const wait = FIRST_PAUSE * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
          await pause(Math.max(wait, error.wait), this.control.signal);
        }
      }
    }

    failure({ status, progressed, words }) {
      const said = words || (status ? filled(this.messages.storage, { status }) : this.messages.network);
      const passing = !status || isTransient(status);
      const failure = new Failure(status ? "storage" : "network", said);
      return Object.assign(failure, { status, passing, unread: !status && progressed });
    }

    /** Twice not one byte went out, and yet the storage answers: the browser was told not to send any. */
    async refuseForeignSites({ url, progressed, status }) {
      if (!url || progressed || status || this.succeeded) return;
      if (forbiddenHosts.has(new URL(url).origin)) throw new Failure("policy", this.messages.policy);
      if (await isReachable(url)) {
        throw new Failure("cors", filled(this.messages.cors, { origin: location.origin }));
      }
    }

    /** Stop, and let the site drop what has arrived. */
    stop(options = {}) {
      this.control?.abort();
      if (!this.grant) return Promise.resolve();
      const grant = this.grant;
      this.grant = "";
      return ask(this.box, "cancel", { grant }, options).catch(() => {}); // what stays behind is pruned later
    }
  }

  // A refused signature is one that is too old: the next link is a new one.
  const isTransient = (status) => status >= 500 || [403, 408, 409, 425, 429].includes(status);

  // --- what is seen --------------------------------------------------------------------------------------------------

  class View {
    constructor(box) {
      this.box = box;
      const find = (selector) => box.querySelector(selector);
      this.input = find("input[type=file]");
      this.receipt = find("[data-receipt]");
      this.running = find("[data-running]");
      this.bar = find("progress");
      this.percent = find("[data-percent]");
      this.stop = find("[data-stop]");
      this.status = find("[data-status]");
      this.error = find("[data-error]");
      this.again = find("[data-again]");
      this.remove = find("[data-remove]");
      this.wasRequired = this.input.required;
      this.announced = 0;
    }

    say(words) {
      this.status.textContent = words;
    }

    begin(name) {
      this.error.textContent = "";
      this.again.hidden = this.remove.hidden = true;
      this.running.hidden = false;
      this.announced = 0;
      this.show(0);
      this.say(filled(messagesOf(this.box).starting, { name }));
    }

    show(percent) {
      this.bar.value = percent;
      this.percent.textContent = `${percent}%`;
    }

    progress(name, percent) {
      this.show(percent);
      if (percent >= this.announced + ANNOUNCED && percent < 100) {
        this.announced = Math.floor(percent / ANNOUNCED) * ANNOUNCED;
        this.say(filled(messagesOf(this.box).progress, { name, percent: this.announced }));
      }
    }

    /** Put a panel away without losing the keyboard's place. */
    end(next) {
      const hadFocus = this.running.contains(document.activeElement);
      this.running.hidden = true;
      if (hadFocus) next.focus();
    }

    done(name, receipt) {
      this.receipt.value = receipt;
      this.input.value = ""; // or the form would send the file once more
      this.input.required = false;
      this.remove.hidden = false;
      this.end(this.remove);
      this.say(filled(messagesOf(this.box).done, { name }));
    }

    failed(failure) {
      this.say("");
      this.error.textContent = failure.message;
      this.again.hidden = false;
      this.end(this.again);
    }

    cancelled(name) {
      this.forget();
      this.end(this.input);
      this.say(filled(messagesOf(this.box).cancelled, { name }));
    }

    forget() {
      this.receipt.value = "";
      this.input.value = "";
      this.input.required = this.wasRequired;
      this.again.hidden = this.remove.hidden = true;
    }
  }

  // --- the page ------------------------------------------------------------------------------------------------------

  const views = new WeakMap(); // by box
  const uploads = new Map(); // the last one of each box
  const running = new Set();
  const interrupted = new Set(); // that can go on
  const heldBack = new Map(); // the button by which a form was to be sent, by form

  const boxOf = (element) => element.closest?.("[data-selectel-upload]");

  function viewOf(box) {
    if (!views.has(box)) views.set(box, new View(box));
    return views.get(box);
  }

  function begin(box, file) {
    uploads.get(box)?.stop();
    interrupted.delete(uploads.get(box));
    uploads.set(box, new Upload(file, box, viewOf(box)));
    carryOut(uploads.get(box));
  }

  async function carryOut(upload) {
    const { box, file, view } = upload;
    interrupted.delete(upload);
    running.add(upload);
    view.receipt.value = "";
    view.begin(file.name);
    try {
      const receipt = await upload.run();
      if (uploads.get(box) === upload) view.done(file.name, receipt);
    } catch (failure) {
      if (failure.code !== "cancelled") {
        heldBack.delete(box.closest("form"));
        endInterrupted(upload, failure);
        if (uploads.get(box) === upload) view.failed(failure);
      }
    } finally {
      running.delete(upload);
      sendHeldBack(box.closest("form"));
    }
  }

  /** Keep what the storage has, if the trouble may pass. */
  function endInterrupted(upload, failure) {
    if (!failure.passing || !upload.canGoOn) {
      upload.stop();
      return;
    }
    upload.control.abort();
    interrupted.add(upload);
  }

  const isUploading = (form) => [...running].some((one) => form?.contains(one.box));

  function sendHeldBack(form) {
    if (!heldBack.has(form) || isUploading(form)) return;
    const button = heldBack.get(form);
    heldBack.delete(form);
    form.requestSubmit(button);
  }

  document.addEventListener("change", (event) => {
    const box = boxOf(event.target);
    if (box && event.target.type === "file" && event.target.files.length) begin(box, event.target.files[0]);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    const box = button && boxOf(button);
    const last = box && uploads.get(box);
    if (!box) return;
    if ("again" in button.dataset && last) {
      if (interrupted.has(last)) carryOut(last);
      else begin(box, last.file);
    }
    if ("stop" in button.dataset && last) {
      heldBack.delete(box.closest("form"));
      last.stop();
      viewOf(box).cancelled(last.file.name);
    }
    if ("remove" in button.dataset) {
      last?.stop();
      viewOf(box).forget();
      viewOf(box).say("");
      viewOf(box).input.focus();
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isUploading(form)) return;
    event.preventDefault();
    heldBack.set(form, event.submitter);
    for (const one of running) if (form.contains(one.box)) one.view.say(one.messages.waiting);
  });

  window.addEventListener("pagehide", () => {
    for (const one of [...running, ...interrupted]) one.stop({ keepalive: true });
  });
})();
