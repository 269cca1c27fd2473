package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type readyCmd struct {
	listener
	certificate
}

func (c *readyCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client, err := c.client()
	if err != nil {
		return err
	}
	scheme := "http"
	if c.given() {
		scheme = "https"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+c.Listen+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", c.Listen, err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	return nil
}
