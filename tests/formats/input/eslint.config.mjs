import security from "eslint-plugin-security";

export default [
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "commonjs" },
    plugins: { security },
    rules: {
      ...security.configs.recommended.rules,
      eqeqeq: "warn",
      "no-eval": "error",
    },
  },
];
