// A photo is made small before it is kept or sent: 1600 px are enough to see a leaf's spots, and a tenth of the bytes.
// The original is read by the browser's decoder alone; no script ever holds its bytes.
const LONGEST = 1600;
const SMALL_BYTES = 350000;
const QUALITY = 0.82;

// Without it the browser would draw a photo lying on its side, and the sign that says so would be lost with the original.
const upright = Boolean(window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image") && HTMLCanvasElement.prototype.toBlob);

/** The photo as it is to be sent: smaller where this browser can do that, else as it is. */
export async function shrink(file) {
  if (!upright) return file;
  const address = URL.createObjectURL(file);
  try {
    const picture = await decoded(address);
    const scale = Math.min(1, LONGEST / Math.max(picture.naturalWidth, picture.naturalHeight));
    if (scale === 1 && file.size <= SMALL_BYTES) return file;
    const small = await drawn(picture, scale);
    return small && small.size < file.size ? small : file;
  } catch (error) {
    return file; // HEIC in an old browser, or no picture at all: the server looks at it
  } finally {
    URL.revokeObjectURL(address);
  }
}

function decoded(address) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = reject;
    picture.src = address;
  });
}

function drawn(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => {
    canvas.width = canvas.height = 0; // an old iPhone frees its memory only so
    resolve(blob);
  }, "image/jpeg", QUALITY));
}
