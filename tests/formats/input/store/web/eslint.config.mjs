import security from "eslint-plugin-security";

export default [
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "commonjs" },
    linterOptions: { reportUnusedDisableDirectives: "warn" },
    plugins: { security },
    rules: {
      ...security.configs.recommended.rules,
      eqeqeq: "warn",
      "no-debugger": "error",
      "no-eval": "error",
      "no-unused-vars": "warn",
      "no-var": "error",
    },
  },
];
