export default {
  extends: "stylelint-config-standard",
  rules: { "color-no-invalid-hex": [true, { severity: "warning" }] },
};
