/* The time left, counted by the time that passes, not by the device's clock: [data-time-left=<seconds>]. It warns at five minutes and at
   one, politely; `end()` is called once, a moment before the server's time is up, so that what is sent then is in time. */

const MARGIN = 1.5; // seconds
const WARNINGS = [300, 60];

const two = (number) => String(number).padStart(2, "0");

function asTime(seconds) {
  const whole = Math.max(Math.floor(seconds), 0);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`;
}

export function countDown(chip, { elapsed, words, end }) {
  const shown = chip.querySelector("[data-time]");
  const said = document.querySelector("[data-time-said]");
  let endsAt = 0, over = false, warned = 0;

  function set(seconds) { // what the server says is left now
    endsAt = performance.now() + 1000 * (seconds - MARGIN);
    warned = WARNINGS.filter((at) => seconds <= at).length;
    over = false;
    tick();
  }

  function tick() {
    const left = (endsAt - performance.now()) / 1000;
    shown.textContent = words("time-left").replace("{time}", asTime(left));
    chip.classList.toggle("chip--soon", left <= WARNINGS[0]);
    if (left <= WARNINGS[warned]) said.textContent = words(`time-${WARNINGS[warned++]}`);
    if (left <= 0 && !over) {
      over = true;
      end();
    }
  }

  set(Number(chip.dataset.timeLeft) - elapsed / 1000);
  setInterval(tick, 500);
  return { set };
}
