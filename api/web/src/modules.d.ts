declare module "*.css" {
  const text: string;
  export default text;
}

declare module "mammoth/mammoth.browser.js" {
  import mammoth from "mammoth";
  export default mammoth;
}
