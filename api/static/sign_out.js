// Signing out: the service ends the sign-in and says where to go for the provider to end its own.
"use strict";

(() => {
  const button = document.getElementById("sign-out");
  const error = document.getElementById("sign-out-error");

  button.addEventListener("click", async () => {
    error.hidden = true;
    try {
      const reply = await fetch("sign-out", { method: "POST", credentials: "same-origin", cache: "no-store" });
      if (!reply.ok) throw new Error(String(reply.status));
      location.replace((await reply.json()).next);
    } catch {
      error.textContent = "You could not be signed out. Close the browser if others use this computer.";
      error.hidden = false;
    }
  });
})();
