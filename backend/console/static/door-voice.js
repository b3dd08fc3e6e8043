// A recording made in the page. What container comes out depends on the browser; the server knows each by its bytes.
const MOST_MS = 120000;
const BITS_PER_S = 24000;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export const canRecord = Boolean(window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

/** Begin to listen; answers {stop, done}. `done` promises the recording, at the latest after two minutes. Rejects without a microphone. */
export async function listen() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const kind = MediaRecorder.isTypeSupported ? KINDS.find((each) => MediaRecorder.isTypeSupported(each)) : undefined;
  const recorder = new MediaRecorder(stream, kind ? { mimeType: kind, audioBitsPerSecond: BITS_PER_S } : { audioBitsPerSecond: BITS_PER_S });
  const parts = [];
  const done = new Promise((resolve) => {
    recorder.ondataavailable = (event) => { if (event.data.size) parts.push(event.data); };
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      resolve(new Blob(parts, { type: (recorder.mimeType || kind || "").split(";")[0] }));
    };
  });
  const stop = () => { if (recorder.state !== "inactive") recorder.stop(); };
  recorder.start(1000);
  setTimeout(stop, MOST_MS);
  return { stop, done };
}
